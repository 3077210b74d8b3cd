/** Facts of photos that nobody took: each number anywhere in its range, for what must only be many or must not depend on pixels. */
import type { Facts, Seen } from '../../shared/facts.ts';
import { FOCUS_TILES, MEASURE_FACTS, MEASURE_NAMES } from '../../shared/measures.ts';
import { TRAITS, type TraitName } from '../../shared/traits.ts';

/** @param random numbers in [0, 1). */
export function syntheticFacts(random: () => number): Facts {
  const measures = MEASURE_NAMES.filter((name) => !('judged' in MEASURE_FACTS[name])).map((name) => {
    const [low, high] = MEASURE_FACTS[name].range;
    return [name, low + (high - low) * random()];
  });
  const seen = {
    ...Object.fromEntries(measures),
    focusTiles: 'a'.repeat(FOCUS_TILES * FOCUS_TILES),
    dHash: '0123456789abcdef',
    pHash: 'fedcba9876543210',
  } as Seen;
  const traits = Object.fromEntries(TRAITS.map((name) => [name, 20 * random() - 10])) as Record<TraitName, number>;
  return { seen, traits };
}
