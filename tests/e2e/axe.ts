/** Accessibility faults of what is on screen, by axe-core's rules for WCAG 2.2 AA. */
import { createRequire } from 'node:module';
import type { Page } from 'playwright';

const source = createRequire(import.meta.url).resolve('axe-core/axe.min.js');

/** Faults in both themes; the page is left in the dark one. */
export async function faultsInBothThemes(page: Page): Promise<string[]> {
  const faults: string[] = [];
  for (const theme of ['light', 'dark']) {
    await page.evaluate((name) => {
      document.documentElement.dataset.theme = name;
    }, theme);
    for (const fault of await accessibilityFaults(page)) faults.push(`${theme}: ${fault}`);
  }
  return faults;
}

/** One line a fault; empty when there is none. */
export async function accessibilityFaults(page: Page): Promise<string[]> {
  const isThere = await page.evaluate(() => 'axe' in window);
  // Evaluated instead of added as a script: the content security policy of the page allows no script of others.
  if (!isThere) await page.evaluate(await import('node:fs/promises').then(({ readFile }) => readFile(source, 'utf8')));
  const { violations } = await page.evaluate(() =>
    (
      window as unknown as {
        axe: {
          run(options: object): Promise<{ violations: { id: string; help: string; nodes: { html: string }[] }[] }>;
        };
      }
    ).axe.run({ runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'] }),
  );
  return violations.flatMap(({ id, help, nodes }) => nodes.map((node) => `${id}: ${help}: ${node.html.slice(0, 160)}`));
}
