/** What could be done about it, with numbers that the page can show on the photo. */
import type { Suggestion } from '../../shared/critique.ts';
import type { Measures } from '../../shared/facts.ts';
import type { ReasonName } from '../../shared/reasons.ts';
import { NUMBERS as N } from './numbers.ts';

const round = (value: number, step: number) => Math.round(value / step) * step;

function linearOf(value: number): number {
  const share = value / N.white;
  return share <= N.srgbToe ? share / N.srgbSlope : ((share + N.srgbOffset) / (1 + N.srgbOffset)) ** N.srgbPower;
}

/** Kelvin by which daylight must shift to undo a red–blue imbalance of encoded values in EV. */
function kelvinOf(redAgainstBlue: number): number {
  const mired = N.mired / N.daylight + N.miredPerEv * redAgainstBlue;
  const kelvin = N.mired / Math.min(N.miredMost, Math.max(N.miredLeast, mired));
  return round(kelvin - N.daylight, N.kelvinStep);
}

/** Cuts (0–0.2 of a side) that bring `place` (0–1) nearest to a third. */
function cutTowardsThird(place: number): { before: number; after: number } {
  let best = { before: 0, after: 0 };
  let nearest = Math.min(Math.abs(place - 1 / 3), Math.abs(place - 2 / 3));
  for (let cut = N.cutStep; cut <= N.cutMost; cut += N.cutStep) {
    const before = (place - cut) / (1 - cut);
    const after = place / (1 - cut);
    for (const [at, cuts] of [
      [before, { before: cut, after: 0 }],
      [after, { before: 0, after: cut }],
    ] as const) {
      const away = Math.min(Math.abs(at - 1 / 3), Math.abs(at - 2 / 3));
      if (away < nearest - N.cutGain) {
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
  if (measures.tilt !== null && Math.abs(measures.tilt) >= N.turnLeast && measures.tiltAgreement >= N.turnAgreed) {
    const degrees = round(-measures.tilt, N.turnStep);
    suggestions.push({
      text: `Turn ${Math.abs(degrees).toFixed(1)}° ${degrees > 0 ? 'clockwise' : 'counter-clockwise'}.`,
      adjustment: { kind: 'straighten', degrees },
    });
  }
  if (reasons.has('underexposed')) {
    const stops = Math.log2(linearOf(N.brightenTo) / Math.max(N.darkestLight, linearOf(measures.brightest)));
    const ev = round(Math.min(N.brightenMost, Math.max(N.brightenLeast, stops)), N.evStep);
    suggestions.push({
      text: `+${ev.toFixed(1)} EV, hold highlights.`,
      adjustment: { kind: 'exposure', ev, holdHighlights: true },
    });
  }
  if (reasons.has('overexposed') || reasons.has('clipped-highlights')) {
    const ev = -round(
      Math.min(N.darkenMost, N.darkenBase + N.darkenRate * Math.log2(1 + measures.clippedHighlights)),
      N.evStep,
    );
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
        red: Math.min(N.gainMost, Math.max(N.gainLeast, 2 ** -measures.castRed)),
        blue: Math.min(N.gainMost, Math.max(N.gainLeast, 2 ** -measures.castBlue)),
        kelvin,
      },
    });
  }
  if (reasons.has('low-contrast')) {
    const factor = round(
      Math.min(N.contrastMost, Math.max(N.contrastLeast, N.contrastWanted / Math.max(1, measures.contrast))),
      N.contrastStep,
    );
    suggestions.push({ text: `Contrast × ${factor.toFixed(2)}.`, adjustment: { kind: 'contrast', factor } });
  }
  if (measures.subjectSpread < N.cropSpread && measures.thirds > N.cropThirds) {
    const across = cutTowardsThird(measures.subjectX / N.percent);
    const down = cutTowardsThird(measures.subjectY / N.percent);
    const cuts = { left: across.before, right: across.after, top: down.before, bottom: down.after };
    const words = Object.entries(cuts)
      .filter(([, cut]) => cut >= N.cutSaid)
      .map(([side, cut]) => `${side} ${Math.round(N.percent * cut)} %`);
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
