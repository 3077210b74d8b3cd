/** What an export would do, file by file, with its sums. */
import { bytesText } from '../../../shared/bytes.ts';
import type { ExportPlanView } from '../../../shared/outward.ts';
import { many } from './words.ts';

/** Files that are drawn. */
const SHOWN = 60;

export function ExportPreview({
  plan,
  problem,
  hasFolder,
}: {
  plan: ExportPlanView | null;
  problem: string | null;
  hasFolder: boolean;
}) {
  return (
    <section className="export-preview" aria-label="What would happen">
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a list that scrolls must be reachable by keyboard */}
      <section className="export-files" tabIndex={0} aria-label="Files">
        {problem !== null && <p role="alert">{problem}</p>}
        {problem === null && plan === null && (
          <p className="meta">{hasFolder ? 'Looking at what is there…' : 'Choose a folder to see what goes where.'}</p>
        )}
        {problem === null && plan !== null && (
          <ul>
            {plan.examples.slice(0, SHOWN).map(({ from, to, isThere, renamed }) => (
              <li key={`${from} ${to}`} data-there={isThere || undefined}>
                <span className="cut export-to">{to}</span>
                <span className="cut meta">
                  {isThere ? 'there already' : renamed ? 'numbered: the name is taken' : from.split(/[/\\]/).at(-1)}
                </span>
              </li>
            ))}
            {plan.files > SHOWN && <li className="meta">{`and ${many(plan.files - SHOWN, 'more file')}`}</li>}
          </ul>
        )}
      </section>
      {plan !== null && <p className="meta export-sums">{sumsOf(plan)}</p>}
    </section>
  );
}

function sumsOf({ photos, files, bytes, skipped, renamed, failed, free }: ExportPlanView): string {
  const parts = [`${many(photos, 'photo')}, ${many(files, 'file')}, from ${bytesText(bytes)}`];
  if (skipped > 0) parts.push(`${skipped.toLocaleString('en')} there already`);
  if (renamed > 0) parts.push(`${renamed.toLocaleString('en')} numbered`);
  if (failed.length > 0) parts.push(`${failed.length.toLocaleString('en')} cannot: ${failed[0]!.reason}`);
  if (free !== null) parts.push(free < bytes ? `only ${bytesText(free)} free` : `${bytesText(free)} free`);
  return `${parts.join(' · ')}`;
}
