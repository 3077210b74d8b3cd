/** Copies of a sound photo with one fault each, of random kind and strength, as many programs and mishaps make them. */
import sharp from 'sharp';
import { linearOf } from '../../../electron/core/analysis/measures/exposure.ts';
import { seededRandom } from '../../../shared/random.ts';
import type { FaultName } from '../../../shared/reasons.ts';
import { damaged, openRaw, type Raw } from '../degrade.ts';

/** Copies a photo by fault; several, so that the learning sees slight ones and strong ones. */
const COPIES: Readonly<Record<FaultName | 'sound', number>> = {
  sound: 2,
  'soft-focus': 2,
  'motion-blur': 2,
  overexposed: 2,
  underexposed: 1,
  noise: 2,
  'jpeg-damage': 2,
  'colour-cast': 3,
};

export interface Copy {
  /** Null for a sound copy: it was made smaller and compressed like the others. */
  readonly fault: FaultName | null;
  readonly file: Buffer;
}

/** Numbers 0–1 that depend on the text only. */
export function uniformFrom(text: string): () => number {
  let seed = 2166136261;
  for (const letter of text) seed = Math.imul(seed ^ letter.charCodeAt(0), 16777619);
  return seededRandom(seed);
}

function encodedOf(light: number): number {
  return 255 * (light <= 0.0031308 ? 12.92 * light : 1.055 * Math.min(1, light) ** (1 / 2.4) - 0.055);
}

const clamped = (value: number) => Math.max(0, Math.min(255, Math.round(value)));

function tinted(raw: Raw, gains: readonly number[], inLight: boolean): Buffer {
  const tables = gains.map((gain) =>
    Uint8Array.from({ length: 256 }, (_, value) =>
      clamped(inLight ? encodedOf(linearOf(value) * gain ** 2) : value * gain),
    ),
  );
  return Buffer.from(raw.data.map((value, at) => tables[at % 3]![value]!));
}

/** Warm and cold as wrong white balances are, green and magenta as lamps are, and one channel alone. */
function gainsOf(uniform: () => number): readonly number[] {
  const gain = 1.14 + 0.3 * uniform();
  const kinds = [
    [gain, 1, 1 / gain],
    [gain, 1, 1 / gain],
    [1 / gain, 1, gain],
    [1 / gain, 1, gain],
    [gain ** -0.7, gain ** 0.5, gain ** -0.7],
    [gain ** 0.7, gain ** -0.5, gain ** 0.7],
    [1.06 * gain, 1, 1],
    [1, 1, 1.06 * gain],
  ];
  return kinds[Math.floor(uniform() * kinds.length)]!;
}

function grey(raw: Raw, deviation: number, uniform: () => number): Buffer {
  const result = Buffer.alloc(raw.data.length);
  for (let at = 0; at < result.length; at += 3) {
    const bell = (uniform() + uniform() + uniform() + uniform() - 2) * Math.sqrt(3) * deviation;
    for (let channel = 0; channel < 3; channel++) result[at + channel] = clamped(raw.data[at + channel]! + bell);
  }
  return result;
}

async function spoiled(raw: Raw, fault: FaultName | null, uniform: () => number): Promise<Buffer> {
  const { width, height } = raw;
  const open = (data: Buffer) => sharp(data, { raw: { width, height, channels: 3 } }).png({ compressionLevel: 1 });
  const between = (low: number, high: number) => low + (high - low) * uniform();
  const encoded = uniform() < 0.35;
  switch (fault) {
    case null:
      return open(raw.data).toBuffer();
    case 'soft-focus': {
      const strength = between(0.17, 0.62);
      if (uniform() > 0.3) return damaged(raw, { kind: 'blur', strength });
      // A small picture that was made large again.
      const small = Math.max(64, Math.round(100 / (2.2 * strength)));
      const shrunk = await open(raw.data).resize(small, small, { fit: 'inside' }).toBuffer();
      return sharp(shrunk).resize(width, height, { fit: 'fill', kernel: 'cubic' }).png().toBuffer();
    }
    case 'motion-blur':
      return damaged(raw, { kind: 'motion', strength: between(0.7, 2.3), variant: Math.floor(between(0, 180)) });
    case 'overexposed':
      return damaged(raw, {
        kind: 'brighter',
        strength: encoded ? between(0.6, 1.3) : between(1.3, 2.8),
        variant: encoded ? 1 : 0,
      });
    case 'underexposed':
      return damaged(raw, {
        kind: 'darker',
        strength: -(encoded ? between(0.6, 1.8) : between(1.2, 2.9)),
        variant: encoded ? 1 : 0,
      });
    case 'noise': {
      const strength = between(10, 35);
      return encoded ? open(grey(raw, strength, uniform)).toBuffer() : damaged(raw, { kind: 'noise', strength });
    }
    case 'jpeg-damage':
      return damaged(raw, { kind: 'jpeg', strength: Math.floor(between(4, 13)) });
    case 'colour-cast':
      return open(tinted(raw, gainsOf(uniform), uniform() < 0.3)).toBuffer();
  }
}

export async function* copiesOf(file: string): AsyncGenerator<Copy> {
  const pictures = new Map<number, Raw>();
  for (const [name, count] of Object.entries(COPIES)) {
    const fault = name === 'sound' ? null : (name as FaultName);
    for (let number = 0; number < count; number++) {
      const uniform = uniformFrom(`${file} ${name} ${number}`);
      const size = uniform();
      const edge = size < 0.35 ? 1200 : size < 0.7 || fault === 'motion-blur' ? 1600 : size < 0.9 ? 2048 : 2800;
      const raw = pictures.get(edge) ?? (await openRaw(file, edge));
      pictures.set(edge, raw);
      const quality = 82 + Math.floor(14 * uniform());
      const copy = await spoiled(raw, fault, uniform);
      yield { fault, file: fault === 'jpeg-damage' ? copy : await sharp(copy).jpeg({ quality }).toBuffer() };
    }
  }
}
