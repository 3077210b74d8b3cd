/** How often the measured critic tells the truth about planted faults. */
import type { Critique } from '../../shared/critique.ts';

export interface Trial {
  readonly kind: string;
  readonly what: string;
  readonly intact: Critique;
  readonly damaged: Critique;
  /** Reason names that tell the truth about the damage. */
  readonly names: readonly string[];
}

export interface Rates {
  /** Share of pairs in which the intact frame ranks higher, in which the heaviest fault is the planted one… */
  readonly ranked: number;
  readonly named: number;
  /** …and of intact frames with any fault named. */
  readonly accused: number;
  readonly table: string;
}

export function heaviestFault(critique: Critique): string | null {
  const faults = critique.reasons.filter((reason) => reason.weight < 0);
  return faults.sort((first, second) => first.weight - second.weight)[0]?.name ?? null;
}

const percent = (share: number) => `${(100 * share).toFixed(1)} %`;

export function ratesOf(trials: readonly Trial[], intact: ReadonlyMap<string, Critique>): Rates {
  const kinds = new Map<string, { pairs: number; ranked: number; named: number }>();
  const misses: string[] = [];
  for (const trial of trials) {
    const count = kinds.get(trial.kind) ?? { pairs: 0, ranked: 0, named: 0 };
    kinds.set(trial.kind, count);
    count.pairs++;
    const ranked = trial.intact.value > trial.damaged.value;
    const heaviest = heaviestFault(trial.damaged);
    const named = heaviest !== null && trial.names.includes(heaviest);
    if (ranked) count.ranked++;
    if (named) count.named++;
    if (!ranked || !named)
      misses.push(`  ${trial.what}: ${ranked ? '' : 'not ranked below; '}named ${heaviest ?? 'nothing'}`);
  }
  const accusations = [...intact].flatMap(([what, critique]) => {
    const heaviest = heaviestFault(critique);
    return heaviest === null ? [] : [`  ${what}: ${heaviest}`];
  });
  const total = { pairs: 0, ranked: 0, named: 0 };
  const lines = ['fault            pairs  ranked   named'];
  for (const [kind, count] of kinds) {
    total.pairs += count.pairs;
    total.ranked += count.ranked;
    total.named += count.named;
    lines.push(
      `${kind.padEnd(16)} ${String(count.pairs).padStart(5)} ${percent(count.ranked / count.pairs).padStart(8)} ${percent(count.named / count.pairs).padStart(8)}`,
    );
  }
  const ranked = total.ranked / total.pairs;
  const named = total.named / total.pairs;
  const accused = accusations.length / intact.size;
  lines.push(
    `all              ${String(total.pairs).padStart(5)} ${percent(ranked).padStart(8)} ${percent(named).padStart(8)}`,
  );
  lines.push(`intact frames with a fault named: ${accusations.length} of ${intact.size} (${percent(accused)})`);
  return { ranked, named, accused, table: [...lines, 'misses:', ...misses, 'accused:', ...accusations].join('\n') };
}
