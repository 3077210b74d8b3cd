/**
 * Which of two to four photos is the better one, and by what, in words: from the critiques and measures of each, never
 * from two pictures in one prompt (LLaVA-1.5 was trained on one).
 *
 * The score of a photo is its grade by the one critic that judged all of them, plus what that critic cannot see: a
 * model looks at 336 pixels, so focus, motion and clipping at the photo's own resolution are added from the measures,
 * with more weight inside a burst, where the model's grades differ by chance and the frames differ by sharpness.
 */
import type { Verdict } from '../../../shared/contract.ts';
import type { Critique } from '../../../shared/critique.ts';
import type { Measures } from '../../../shared/facts.ts';
import { DIMENSIONS, type Dimension, dimensionLabel } from '../../../shared/grade.ts';

export interface Contender {
  id: number;
  /** Critiques of the same critic and model for every contender. */
  critique: Critique | null;
  measures: Measures | null;
  /** Frames of one moment share it. */
  stack: number | null;
}

interface Criterion {
  name: string;
  label: string;
  value: (contender: Contender) => number | null;
  better: 'high' | 'low';
  /** Smallest difference that a person would see. */
  threshold: number;
  /** Points of the score for one unit, when the critic is a model; the measured critic's grade holds them already. */
  worth: number;
  show: (value: number) => string;
  /** What the best of them is. */
  praise: string;
}

const points = (value: number) => value.toFixed(0);

const MEASURED_CRITERIA: readonly Criterion[] = [
  {
    name: 'subjectFocus',
    label: 'Focus at the subject',
    value: ({ measures }) => measures?.subjectFocus ?? null,
    better: 'high',
    threshold: 6,
    worth: 0.3,
    show: points,
    praise: 'is the sharpest at the subject',
  },
  {
    name: 'motion',
    label: 'Motion blur',
    value: ({ measures }) => measures?.motion ?? null,
    better: 'low',
    threshold: 12,
    worth: 0.15,
    show: points,
    praise: 'has the least motion blur',
  },
  {
    name: 'clippedHighlights',
    label: 'Clipped highlights',
    value: ({ measures }) => measures?.clippedHighlights ?? null,
    better: 'low',
    threshold: 1.5,
    worth: 0.8,
    show: (value) => `${value.toFixed(1)} %`,
    praise: 'keeps the most highlight detail',
  },
  {
    name: 'blockedShadows',
    label: 'Blocked shadows',
    value: ({ measures }) => measures?.blockedShadows ?? null,
    better: 'low',
    threshold: 4,
    worth: 0.2,
    show: (value) => `${value.toFixed(1)} %`,
    praise: 'keeps the most shadow detail',
  },
  {
    name: 'tilt',
    label: 'Tilt',
    value: ({ measures }) =>
      measures && measures.tilt !== null && measures.tiltAgreement >= 50 ? Math.abs(measures.tilt) : null,
    better: 'low',
    threshold: 0.8,
    worth: 1.2,
    show: (value) => `${value.toFixed(1)}°`,
    praise: 'is the most level',
  },
  {
    name: 'noise',
    label: 'Noise',
    value: ({ measures }) => measures?.noise ?? null,
    better: 'low',
    threshold: 2,
    worth: 0.5,
    show: (value) => value.toFixed(1),
    praise: 'is the cleanest',
  },
];

const dimensionCriterion = (dimension: Dimension, critic: string): Criterion => ({
  name: dimension,
  label: dimensionLabel(dimension, critic),
  value: ({ critique }) => critique?.dimensions[dimension]?.value ?? null,
  better: 'high',
  threshold: 4,
  worth: 0,
  show: points,
  praise:
    dimension === 'technical' && critic !== 'measured'
      ? 'is technically the strongest'
      : `is the strongest in ${dimensionLabel(dimension, critic).toLowerCase()}`,
});

/** Grade points between the first two below which naming a winner would be a guess. */
const CLOSE_CALL = 2.5;
const BURST_FACTOR = 1.6;

/** @param contenders two to four, in the order in which a person sees them: A, B, C, D. */
export function compareContenders(contenders: readonly Contender[], critic: string): Verdict {
  const letterOf = new Map(contenders.map((contender, index) => [contender.id, 'ABCD'[index] ?? '?']));
  const sameMoment = contenders[0]?.stack != null && contenders.every(({ stack }) => stack === contenders[0]?.stack);
  const byModel = critic !== 'measured';

  const criteria = [...MEASURED_CRITERIA, ...DIMENSIONS.map((one) => dimensionCriterion(one, critic))].flatMap(
    (criterion) => {
      const values = contenders.map((contender) => ({ id: contender.id, value: criterion.value(contender) }));
      if (values.some(({ value }) => value === null)) return [];
      const known = values.map(({ id, value }) => ({ id, value: value ?? 0 }));
      const ranked = known.toSorted((a, b) => (criterion.better === 'high' ? b.value - a.value : a.value - b.value));
      const [first, second] = ranked;
      if (!first || !second) return [];
      const lead = Math.abs(first.value - second.value) / criterion.threshold;
      return [{ criterion, known, ranked, lead, favours: lead >= 1 ? first.id : null }];
    },
  );

  const scores = contenders.map((contender) => {
    let score = contender.critique?.value ?? 0;
    if (byModel || !contender.critique) {
      for (const { criterion, known, ranked } of criteria) {
        if (criterion.worth === 0) continue;
        const own = known.find(({ id }) => id === contender.id)?.value ?? 0;
        const behind = Math.abs(own - (ranked[0]?.value ?? own));
        score -= behind * criterion.worth * (sameMoment ? BURST_FACTOR : 1);
      }
    }
    return { id: contender.id, score };
  });
  const ranking = scores.toSorted((a, b) => b.score - a.score || a.id - b.id);
  const [best, next] = ranking;
  const comparable = contenders.every(({ critique, measures }) => critique !== null || measures !== null);
  const winner = comparable && best && next && best.score - next.score >= CLOSE_CALL ? best.id : null;

  const decided = criteria.toSorted((a, b) => b.lead - a.lead);
  return {
    winner,
    ranking,
    text: comparable
      ? verdictText()
      : 'One of these photos is not judged: it cannot be read, or has not been looked at yet.',
    points: decided.map(({ criterion, known, favours }) => ({
      name: criterion.name,
      label: criterion.label,
      values: known.map(({ id, value }) => ({ id, value, text: criterion.show(value) })),
      favours,
    })),
    critic,
  };

  function verdictText(): string {
    const sentences: string[] = [];
    const subject = winner ?? best?.id;
    if (subject === undefined) return '';
    const letter = letterOf.get(subject) ?? '';
    const others = contenders.filter(({ id }) => id !== subject).map(({ id }) => letterOf.get(id) ?? '');
    const clear = decided.filter(({ lead }) => lead >= 1);
    const inFavour = clear.filter(({ favours }) => favours === subject).slice(0, 3);
    const against = clear.filter(({ favours }) => favours !== subject && favours !== null).slice(0, 2);
    const grades = contenders.map(({ id, critique }) => ({ id, value: critique?.value ?? null }));

    sentences.push(
      winner === null ? 'Too close to call.' : `${letter} over ${joined(others)}.`,
      ...(grades.every(({ value }) => value !== null)
        ? [`Grades: ${joined(grades.map(({ id, value }) => `${letterOf.get(id)} ${points(value ?? 0)}`))}.`]
        : []),
    );
    if (inFavour.length > 0) {
      const parts = inFavour.map(({ criterion, known }) => {
        const own = known.find(({ id }) => id === subject)?.value ?? 0;
        const rest = known.filter(({ id }) => id !== subject).map(({ value }) => criterion.show(value));
        return `${criterion.praise} (${criterion.show(own)} against ${joined(rest)})`;
      });
      sentences.push(`${letter} ${joined(parts)}.`);
    }
    for (const { criterion, favours, known } of against) {
      const theirs = known.find(({ id }) => id === favours)?.value ?? 0;
      const own = known.find(({ id }) => id === subject)?.value ?? 0;
      sentences.push(
        `${letterOf.get(favours ?? 0)} ${criterion.praise} (${criterion.show(theirs)} against ${criterion.show(own)}).`,
      );
    }
    const close = criteria.filter(({ lead }) => lead < 1).map(({ criterion }) => criterion.label.toLowerCase());
    if (close.length > 0 && close.length <= 6) {
      sentences.push(`${capitalised(joined(close))} ${close.length === 1 ? 'is' : 'are'} too close to call.`);
    }
    return sentences.join(' ');
  }
}

function joined(parts: readonly string[]): string {
  return new Intl.ListFormat('en', { type: 'conjunction', style: 'long' }).format(parts).replace(', and', ' and');
}

function capitalised(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
