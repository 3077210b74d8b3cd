/** Whether a model that was just made or installed works: it grades three pictures that are drawn here. */
import type { ModelImage, ModelSession, Pixels } from '../model-api.ts';

/** What is drawn, each the same every time. */
export const CHECK_PICTURES = ['dusk', 'checks', 'noise'] as const;
export type CheckPicture = (typeof CHECK_PICTURES)[number];

export interface CheckedPicture {
  name: CheckPicture;
  /** Grade, 0–100. */
  value: number;
  milliseconds: number;
}

export interface Verification {
  /** Whether the model may be used. */
  works: boolean;
  pictures: CheckedPicture[];
  /** Sentences about what is wrong; empty when it works. */
  problems: string[];
}

const WIDTH = 420;
const HEIGHT = 300;

/** Two pictures must differ by more than rounding; the level probabilities of a blind model are exactly equal. */
const SEES = 1e-5;

/**
 * Grades the three pictures, and the first once more. A broken conversion shows as numbers that are none, as the same
 * grade for every picture, or as a grade that changes when nothing changed.
 * @throws ModelError when the model cannot grade at all; the signal's reason when stopped.
 */
export async function verifyModel(session: ModelSession, signal?: AbortSignal): Promise<Verification> {
  const problems: string[] = [];
  const pictures: CheckedPicture[] = [];
  const seen: number[][] = [];
  for (const [index, name] of [...CHECK_PICTURES, CHECK_PICTURES[0]].entries()) {
    const begun = performance.now();
    const image: ModelImage = { key: `verification ${index} ${name}`, read: () => drawCheckPicture(name) };
    const result = await session.grade(image, { trace: true, signal });
    const overall = result.trace?.questions.find((question) => question.name === 'overall');
    const probabilities = [...(overall?.probabilities ?? result.probabilities)];
    const sum = probabilities.reduce((total, probability) => total + probability, 0);
    if (
      ![...probabilities, result.value, ...(result.features ?? [])].every(Number.isFinite) ||
      Math.abs(sum - 1) > 1e-3
    )
      problems.push(`The picture "${name}" gives numbers that are none: the model's files are damaged.`);
    seen.push(probabilities);
    if (index < CHECK_PICTURES.length)
      pictures.push({ name, value: result.value, milliseconds: performance.now() - begun });
  }
  const distance = (a: number, b: number) =>
    Math.max(...seen[a]!.map((probability, index) => Math.abs(probability - seen[b]![index]!)));
  if (problems.length === 0) {
    const differs = Math.max(distance(0, 1), distance(0, 2), distance(1, 2));
    if (!(differs > SEES))
      problems.push('Three very different pictures get the same judgement: the model does not see them.');
    const repeats = distance(0, CHECK_PICTURES.length);
    if (repeats > Math.max(differs / 4, 0.01))
      problems.push('The same picture gets another judgement the second time: the model does not work reliably here.');
  }
  return { works: problems.length === 0, pictures, problems };
}

/** Draws one of the pictures; three bytes a pixel. */
export function drawCheckPicture(name: CheckPicture): Pixels {
  const data = new Uint8Array(WIDTH * HEIGHT * 3);
  let state = 0x9e3779b9;
  for (let y = 0; y < HEIGHT; y++)
    for (let x = 0; x < WIDTH; x++) {
      const at = (y * WIDTH + x) * 3;
      if (name === 'noise') {
        for (let channel = 0; channel < 3; channel++) {
          state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
          data[at + channel] = state >>> 24;
        }
      } else if (name === 'checks') data.fill((Math.floor(x / 30) + Math.floor(y / 30)) % 2 ? 235 : 20, at, at + 3);
      else data.set(duskAt(x / WIDTH, y / HEIGHT), at);
    }
  return { width: WIDTH, height: HEIGHT, data };
}

/** A sky over water, the sun on a third, hills in front of it. @param x, y 0–1 from the upper left. */
function duskAt(x: number, y: number): [number, number, number] {
  const horizon = 2 / 3;
  const hills = horizon - 0.08 - 0.05 * Math.sin(9 * x + 1) - 0.03 * Math.sin(23 * x);
  if (y > hills && y < horizon) return [38, 30, 52];
  // Water mirrors the sky with small waves.
  const height = y < horizon ? y / horizon : 1 - (y - horizon) / (1 - horizon) + 0.04 * Math.sin(140 * y + 12 * x);
  const sun = Math.hypot((x - 1 / 3) * 1.4, height * horizon - 0.5);
  const glow = Math.exp(-sun * 6);
  const disc = sun < 0.06 ? 1 : 0;
  const shade = y < horizon ? 1 : 0.75;
  const mix = (top: number, low: number, light: number) =>
    Math.max(0, Math.min(255, Math.round(shade * (top + (low - top) * height + light * glow) + disc * 120)));
  return [mix(40, 225, 60), mix(60, 130, 50), mix(120, 110, 0)];
}
