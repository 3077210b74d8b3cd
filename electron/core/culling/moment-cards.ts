/** What is said of each frame of a moment, and what Enter would do in it. */
import type { CullFrame, Genre, SuggestionPlan } from '../../../shared/culling.ts';
import { reasonFacts } from '../../../shared/reasons.ts';
import type { Answered } from '../catalog/answers.ts';
import type { Frame, FrameMoment } from './frames.ts';
import { isWhole, scoreOf } from './proposal.ts';
import { capital, marginInWords, ordinal, type Placed, placeFrames, signFacts, signLabel } from './signs.ts';

/** Points between the two best below which naming one would be a guess. */
const TOO_CLOSE = 2.5;
/** Margin of 1, in points. */
const FULL_MARGIN = 30;
/** Technical points below which a photo alone is said to fall by its fault. */
const PLAIN_FAULT = 35;

export function frameCards(moment: FrameMoment, genre: Genre, answers: readonly Answered[]): CullFrame[] {
  const placed = placeFrames(moment, genre);
  const whole = isWhole(moment);
  const cards = new Map(placed.map((one) => [one.frame.id, cardOf(one, moment, genre, answers, whole)]));
  return moment.frames.map(({ id }) => cards.get(id)!);
}

function cardOf(
  placed: Placed,
  moment: FrameMoment,
  genre: Genre,
  answers: readonly Answered[],
  whole: boolean,
): CullFrame {
  const { frame, rank, behind } = placed;
  const alone = moment.frames.length === 1;
  const [worst] = behind;
  const isFault = !alone && !whole && worst !== undefined && worst.points >= 6;
  const answerTo = (name: string) => {
    const given = answers.find(({ photo, reason }) => photo === frame.id && reason === name);
    return { answered: given?.answer ?? null, word: given?.word ?? '' };
  };
  const against = behind.map(({ sign, own, best }) => ({
    name: sign.name,
    text: `${capital(sign.fault)}: ${sign.show(own)}, the best frame has ${sign.show(best)}.`,
    ...answerTo(sign.name),
  }));
  const said = frame.faults.map(({ name, text }) => ({ name, text, ...answerTo(name) }));
  // An answered sign is no longer behind: what was said to it stays to be seen.
  const answeredSigns = answers
    .filter(({ photo, reason }) => photo === frame.id && ![...against, ...said].some(({ name }) => name === reason))
    .map(({ reason, answer, word }) => ({
      name: reason,
      text: `${signLabel(reason) ?? reasonFacts(reason).label}: answered; it no longer counts.`,
      answered: answer,
      word,
    }));
  return {
    id: frame.id,
    rank,
    score: scoreOf(frame, 'blend'),
    badge: whole || alone ? '' : isFault ? worst.sign.fault : ordinal(rank),
    fault: isFault,
    text: alone || whole ? '' : textOf(placed, moment),
    at: frame.faces?.eye ?? frame.subject,
    reasons: [...against, ...said, ...answeredSigns],
    facts: factsOf(frame, genre),
  };
}

function textOf({ rank, behind, lost }: Placed, { frames }: FrameMoment): string {
  const [worst] = behind;
  if (worst !== undefined) {
    return `${capital(worst.sign.fault)}: ${worst.sign.show(worst.own)}, the best frame has ${worst.sign.show(worst.best)}.`;
  }
  if (rank === 1) return `Best of ${frames.length}.`;
  return `${capital(ordinal(rank))} of ${frames.length}, ${lost < 1 ? 'hardly to be told from the best' : `${marginInWords(lost)} behind the best`}.`;
}

function factsOf(frame: Frame, genre: Genre): CullFrame['facts'] {
  const facts: CullFrame['facts'] = signFacts(frame, genre).map(({ label, value }) => ({ label, value, aside: null }));
  const add = (label: string, value: number | null) => {
    if (value !== null) facts.push({ label, value: value.toFixed(0), aside: null });
  };
  // Without a model the grade is the technical quality: it is said once, as that.
  if (frame.grade !== frame.technical) add('Grade', frame.grade);
  add('Technical quality', frame.technical);
  add('Taste', frame.taste);
  return facts;
}

/** What Enter would do, and what of it is left to do. */
export function planOf(moment: FrameMoment, genre: Genre): SuggestionPlan {
  const { frames } = moment;
  const open = frames.filter(({ decision }) => decision === null).map(({ id }) => id);
  if (frames.length === 1) return planAlone(frames[0]!, genre);
  if (isWhole(moment)) {
    return {
      pick: open,
      reject: [],
      words: open.length === 0 ? 'next' : `pick all ${frames.length}`,
      title: 'Belongs together: one decision marks all frames',
      reason: { text: moment.reason?.text ?? '', margin: null, tooClose: false },
    };
  }
  const placed = placeFrames(moment, genre);
  const [first, second] = placed;
  const lead = (second?.lost ?? 0) - (first?.lost ?? 0);
  const reason = moment.reason ?? {
    text: leadInWords(placed),
    margin: Math.max(0, Math.min(1, lead / FULL_MARGIN)),
    tooClose: Math.abs(lead) < TOO_CLOSE,
  };
  const picks = frames.filter(({ decision }) => decision === 'pick' || decision === 'marked');
  const best = first!.frame;
  const pick = picks.length > 0 || best.decision !== null ? [] : [best.id];
  const reject = open.filter((id) => !pick.includes(id));
  const words =
    open.length === 0
      ? 'next'
      : pick.length > 0
        ? reject.length > 0
          ? 'pick best, reject rest'
          : 'pick best'
        : picks.length > 0
          ? `reject the other ${reject.length}`
          : `reject the ${reject.length} left`;
  return {
    pick,
    reject,
    words,
    title: reason.tooClose ? 'Too close to call: the first of equals' : 'Suggested: best of this moment',
    reason,
  };
}

function leadInWords(placed: readonly Placed[]): string {
  const [first, second] = placed;
  const worst = second?.behind.find(({ bestFrame }) => bestFrame === first!.frame.id);
  if (second === undefined || worst === undefined) return 'Hardly to be told apart.';
  const { sign, best, own } = worst;
  return `${capital(sign.praise)}, ${marginInWords(worst.points)}: ${sign.show(best)} against ${sign.show(own)}.`;
}

/** A photo alone is suggested only where something can be seen: else it is the person's to say. */
function planAlone(frame: Frame, genre: Genre): SuggestionPlan {
  const nothing = { pick: [], reject: [], words: 'next' };
  const none = { text: '', margin: null, tooClose: false };
  if (frame.decision !== null) return { ...nothing, title: 'Decided', reason: none };
  const fault = frame.faults.find(({ name }) => !frame.answered.has(name));
  const technical = scoreOf(frame, 'technical');
  if (fault !== undefined && technical !== null && technical < PLAIN_FAULT)
    return {
      pick: [],
      reject: [frame.id],
      words: 'reject',
      title: 'Suggested: reject',
      reason: { ...none, text: fault.text },
    };
  if (fault === undefined && technical !== null && signFacts(frame, genre).length > 0)
    return {
      pick: [frame.id],
      reject: [],
      words: 'pick',
      title: 'Suggested: pick',
      reason: { ...none, text: 'The only one of its moment, and nothing speaks against it.' },
    };
  return { ...nothing, title: 'Yours to say', reason: { ...none, text: fault?.text ?? '' } };
}
