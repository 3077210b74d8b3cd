/**
 * What is stored of a photo's pixels, apart from what is concluded from it: an analyser stores facts with its name and
 * version, a judgement reads nothing else. So the judgement can change without a look at the photos.
 */
import { z } from 'zod';
import {
  FOCUS_TILES,
  type JudgedMeasureName,
  MEASURE_FACTS,
  MEASURE_NAMES,
  type MeasureName,
  type OptionalMeasureName,
} from './measures.ts';
import { FAULTS } from './reasons.ts';
import type { TraitName } from './traits.ts';

export const SIDES = ['bottom', 'top', 'left', 'right'] as const;
export type Side = (typeof SIDES)[number];

const hash64 = z.string().regex(/^[0-9a-f]{16}$/);

type SchemaOf<Name extends MeasureName> = Name extends OptionalMeasureName ? z.ZodNullable<z.ZodNumber> : z.ZodNumber;

/** Each measure that was seen, or each that was judged. */
function schemasOf<Name extends MeasureName>(isWanted: (name: MeasureName) => name is Name) {
  const schemas = MEASURE_NAMES.filter(isWanted).map((name) => [
    name,
    'optional' in MEASURE_FACTS[name] ? z.number().nullable() : z.number(),
  ]);
  return Object.fromEntries(schemas) as { [One in Name]: SchemaOf<One> };
}

const isJudged = (name: MeasureName): name is JudgedMeasureName => 'judged' in MEASURE_FACTS[name];
const isSeen = (name: MeasureName): name is Exclude<MeasureName, JudgedMeasureName> => !isJudged(name);

/** What was seen in the pixels. */
export const seenSchema = z.object({
  ...schemasOf(isSeen),
  /**
   * Focus of each tile, row by row: one character of base 36 a tile, `0` = nothing to judge by, `1` soft … `z`
   * crisp. Read it with `focusOfTile`.
   */
  focusTiles: z.string().regex(new RegExp(`^[0-9a-z]{${FOCUS_TILES * FOCUS_TILES}}$`)),
  /** 64-bit difference hash of the luminance, 16 hexadecimal digits. */
  dHash: hash64,
  /** 64-bit hash of the lowest frequencies of the luminance, 16 hexadecimal digits. */
  pHash: hash64,
  /** Share of the picture that is not in the file, 0–1; absent where nothing is missing. All else is of the rest. */
  missing: z.number().min(0).max(1).optional(),
  /** Side at which it is missing, seen upright; absent with it. */
  missingAt: z.enum(SIDES).optional(),
  /** A sentence when only a part of the picture could be decoded, or it looks wrong; absent for a sound one. */
  damage: z.string().optional(),
  /**
   * Pixels, upright, of the picture that was measured, where it is much smaller than the photo: a RAW's preview. Absent for
   * all others. Focus is known only as far as these pixels go.
   */
  measuredOn: z.object({ width: z.int().positive(), height: z.int().positive() }).optional(),
});
export type Seen = z.infer<typeof seenSchema>;

/** What is concluded from it by the evidence. */
export const concludedSchema = z.object({
  ...schemasOf(isJudged),
  evidence: z.record(z.enum(FAULTS), z.number()),
});
export type Concluded = z.infer<typeof concludedSchema>;
/** Natural log-odds of each fault against a sound photo. */
export type Evidence = Concluded['evidence'];

export type Measures = Seen & Concluded;

/** All that an analyser of pixels saw in a photo: the only thing that a judgement may read of it. */
export interface Facts {
  readonly seen: Seen;
  readonly traits: Readonly<Record<TraitName, number>>;
}

/**
 * Who saw it. What an analyser stored carries its name and version; facts of another version are taken again, which
 * means looking at the photos again. A judgement that changes needs neither.
 */
export const MEASURES_ANALYSER = { name: 'measures', version: 6 } as const;

/** Focus 0–100 of one tile, or null where the tile has nothing to judge by. */
export function focusOfTile(measures: Pick<Measures, 'focusTiles'>, column: number, row: number): number | null {
  const level = Number.parseInt(measures.focusTiles[row * FOCUS_TILES + column] ?? '0', 36);
  return level === 0 ? null : ((level - 1) * 100) / 34;
}

/** What each character of a hexadecimal number stands for, by its code. */
const NIBBLES = Uint8Array.from({ length: 128 }, (_, code) => Number.parseInt(String.fromCharCode(code), 16) || 0);
const BITS_OF_NIBBLE = [0, 1, 1, 2, 1, 2, 2, 3, 1, 2, 2, 3, 2, 3, 3, 4];

/** Number of differing bits of two hashes of 16 hexadecimal digits, 0–64. */
export function hashDistance(first: string, second: string): number {
  let bits = 0;
  for (let index = 0; index < 16; index++) {
    bits += BITS_OF_NIBBLE[NIBBLES[first.charCodeAt(index)]! ^ NIBBLES[second.charCodeAt(index)]!] ?? 0;
  }
  return bits;
}
