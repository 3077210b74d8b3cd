/** A text that is being written, held against the measures sentence by sentence: what contradicts them follows it, and at the end how many did. */
import type { Contradiction } from '../../../shared/claims.ts';
import type { Writing } from '../../../shared/contract.ts';
import { faceReasons } from '../../../shared/face.ts';
import { facesOf } from '../catalog/faces.ts';
import { seenOf } from '../catalog/facts.ts';
import type { Catalog } from '../catalog/open.ts';
import { photoRows } from '../catalog/photos.ts';
import { contradictionOf, type Known } from './claims.ts';
import { measuredCritique } from './grading.ts';

/** What is known of a photo for this; null where nobody has looked at it. */
export function knownOf(catalog: Catalog, photo: number): Known | null {
  const measured = measuredCritique(catalog, photo);
  if (measured === null) return null;
  const faces = facesOf(catalog, [photo]).get(photo);
  return {
    reasons: [...measured.reasons, ...(faces === undefined ? [] : faceReasons(faces))],
    seen: seenOf(catalog, photo),
    texts: exposureTexts(catalog, photo),
  };
}

/** Numbers of the shot itself, which a text may cite too. */
function exposureTexts(catalog: Catalog, photo: number): string[] {
  const [row] = photoRows(catalog, [photo]);
  if (row === undefined) return [];
  const { shutter, aperture, iso, focalLength } = row.settings;
  const speed = shutter === null ? '' : `${shutter} ${Math.round(1 / shutter)}`;
  const pixels = (row.width * row.height) / 1e6;
  const lens = focalLength === null ? '' : focalLength.toFixed(0);
  return [`${speed} ${aperture ?? ''} ${iso ?? ''} ${lens} ${pixels.toFixed(0)} ${pixels.toFixed(1)}`];
}

/** Ends of sentences, not the points of numbers, and ends of lines. */
const SENTENCE = /[^.!?\n]*(?:[.!?](?!\s|$)[^.!?\n]*)*(?:[.!?]+(?=\s|$)|\n|$)/g;

/** Sentences of a text, each with something to say. */
export function sentencesIn(text: string): string[] {
  return (text.match(SENTENCE) ?? []).filter((sentence) => /\p{L}/u.test(sentence));
}

/** Passes the writing on; its own words are never changed. */
export async function* checked(writing: AsyncIterable<Writing>, known: Known | null): AsyncGenerator<Writing> {
  let open = '';
  let sentences = 0;
  let contradicted = 0;
  function* close(isEnd: boolean): Generator<Writing> {
    const all = sentencesIn(open);
    // The last one may go on with the next piece.
    const ready = isEnd ? all : all.slice(0, -1);
    if (isEnd) open = '';
    else if (ready.length > 0) open = open.slice(open.lastIndexOf(all.at(-1) ?? ''));
    for (const sentence of ready) {
      sentences++;
      const found: Contradiction | null = known && contradictionOf(sentence, known);
      if (found === null) continue;
      contradicted++;
      yield { kind: 'contradicted', ...found };
    }
  }
  for await (const event of writing) {
    if (event.kind === 'critique')
      known = known && { ...known, texts: [...known.texts, ...gradeTexts(event.critique)] };
    if (event.kind === 'heading') yield* close(true);
    if (event.kind === 'end') {
      yield* close(true);
      if (known !== null) yield { kind: 'checked', sentences, contradicted };
    }
    yield event;
    if (event.kind === 'token') {
      open += event.text;
      yield* close(false);
    }
  }
}

function gradeTexts({ value, dimensions }: Extract<Writing, { kind: 'critique' }>['critique']): string[] {
  const values = [value, ...Object.values(dimensions).map((one) => one?.value ?? 0)];
  return values.map((one) => `${one.toFixed(0)} ${one.toFixed(1)}`);
}
