/** What could be done about it, with numbers that the page can show on the photo. */
import type { Suggestion } from '../../shared/critique.ts';
import type { Measures } from '../../shared/measures.ts';
import type { ReasonName } from '../../shared/reasons.ts';

const round = (value: number, step: number) => Math.round(value / step) * step;

function linearOf(value: number): number {
  const share = value / 255;
  return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
}

/** Kelvin by which daylight (5500 K) must shift to undo a red–blue imbalance of encoded values in EV. */
function kelvinOf(redAgainstBlue: number): number {
  // About 190 mired an EV, from the colours of black bodies between 4000 and 6500 K in sRGB.
  const mired = 1e6 / 5500 + 190 * redAgainstBlue;
  return Math.round((1e6 / Math.min(400, Math.max(100, mired)) - 5500) / 50) * 50;
}

/** Cuts (0–0.2 of a side) that bring `place` (0–1) nearest to a third. */
function cutTowardsThird(place: number): { before: number; after: number } {
  let best = { before: 0, after: 0 };
  let nearest = Math.min(Math.abs(place - 1 / 3), Math.abs(place - 2 / 3));
  for (let cut = 0.02; cut <= 0.2; cut += 0.02) {
    const before = (place - cut) / (1 - cut);
    const after = place / (1 - cut);
    for (const [at, cuts] of [
      [before, { before: cut, after: 0 }],
      [after, { before: 0, after: cut }],
    ] as const) {
      const away = Math.min(Math.abs(at - 1 / 3), Math.abs(at - 2 / 3));
      if (away < nearest - 0.004) {
        nearest = away;
        best = cuts;
      }
    }
  }
  return best;
}

/** @param reasons names of the faults found. */
export function suggest(measures: Measures, reasons: ReadonlySet<ReasonName>): Suggestion[] {
  const suggestions: Suggestion[] = [];
  if (measures.tilt !== null && Math.abs(measures.tilt) >= 0.7 && measures.tiltAgreement >= 40) {
    const degrees = round(-measures.tilt, 0.1);
    suggestions.push({
      text: `Turn ${Math.abs(degrees).toFixed(1)}° ${degrees > 0 ? 'clockwise' : 'counter-clockwise'}.`,
      adjustment: { kind: 'straighten', degrees },
    });
  }
  if (reasons.has('underexposed')) {
    const ev = round(
      Math.min(3, Math.max(0.3, Math.log2(linearOf(235) / Math.max(0.002, linearOf(measures.brightest))))),
      0.1,
    );
    suggestions.push({
      text: `+${ev.toFixed(1)} EV, hold highlights.`,
      adjustment: { kind: 'exposure', ev, holdHighlights: true },
    });
  }
  if (reasons.has('overexposed') || reasons.has('clipped-highlights')) {
    const ev = -round(Math.min(2, 0.4 + 0.25 * Math.log2(1 + measures.clippedHighlights)), 0.1);
    suggestions.push({
      text: `${ev.toFixed(1)} EV, hold highlights; what is pure white stays lost unless there is a RAW file.`.replace(
        '-',
        '−',
      ),
      adjustment: { kind: 'exposure', ev, holdHighlights: true },
    });
  }
  if (reasons.has('colour-cast')) {
    const kelvin = kelvinOf(measures.castRed - measures.castBlue);
    suggestions.push({
      text: `White balance ${kelvin > 0 ? 'warmer' : 'colder'} by about ${Math.abs(kelvin)} K.`,
      adjustment: {
        kind: 'white-balance',
        red: Math.min(5, Math.max(0.2, 2 ** -measures.castRed)),
        blue: Math.min(5, Math.max(0.2, 2 ** -measures.castBlue)),
        kelvin,
      },
    });
  }
  if (reasons.has('low-contrast')) {
    const factor = round(Math.min(1.9, Math.max(1.1, 16 / Math.max(1, measures.contrast))), 0.05);
    suggestions.push({ text: `Contrast × ${factor.toFixed(2)}.`, adjustment: { kind: 'contrast', factor } });
  }
  if (measures.subjectSpread < 15 && measures.thirds > 13) {
    const across = cutTowardsThird(measures.subjectX / 100);
    const down = cutTowardsThird(measures.subjectY / 100);
    const cuts = { left: across.before, right: across.after, top: down.before, bottom: down.after };
    const words = Object.entries(cuts)
      .filter(([, cut]) => cut >= 0.04)
      .map(([side, cut]) => `${side} ${Math.round(100 * cut)} %`);
    if (words.length > 0) {
      suggestions.push({
        text: `Crop ${words.join(', ')}: the subject comes to a third.`,
        adjustment: { kind: 'crop', ...cuts },
      });
    }
  }
  if (reasons.has('motion-blur') || reasons.has('soft-focus')) {
    suggestions.push({
      text: 'Look for a crisper frame of the same moment; sharpening cannot restore it.',
      adjustment: null,
    });
  }
  if (reasons.has('noise')) suggestions.push({ text: 'Reduce noise before sharpening.', adjustment: null });
  if (reasons.has('jpeg-damage'))
    suggestions.push({ text: 'Look for the original: this copy was compressed too hard.', adjustment: null });
  return suggestions;
}
