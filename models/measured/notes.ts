/**
 * What a photo is, said without a point: its key, its light, its air. These are a photographer's choices; a measure
 * describes them and no grade moves.
 */
import type { Facts, Measures } from '../../shared/facts.ts';
import type { ReasonName } from '../../shared/reasons.ts';
import { NUMBERS as N } from './numbers.ts';

export interface Note {
  readonly name: ReasonName;
  readonly text: string;
}

/** Night, low key: mostly dark on purpose, with something bright in it. */
export function isLowKey(measures: Measures): boolean {
  return measures.brightness < N.lowKeyBrightness && measures.brightest >= N.lowKeyBrightest;
}

const isHighKey = ({ brightness, shadowPoint }: Measures) =>
  brightness > N.highKeyBrightness && shadowPoint > N.highKeyShadow;
const isHazy = ({ contrast, shadowPoint, brightness }: Measures) =>
  contrast < N.hazeContrast && shadowPoint > N.hazeShadow && brightness > N.hazeBrightness;

/**
 * Whether a tint is the light of the scene (sunset, lamps, stage, water) rather than a wrong white balance, which
 * shifts dark, middle and bright tones alike: colored light leaves shadows of another color, or is all there is.
 */
export function isColoredLight({ traits }: Facts, measures: Measures): boolean {
  const bands = [traits.warm5, traits.warm6, traits.warm7];
  const differ = Math.max(...bands) - Math.min(...bands);
  return (
    differ > N.lightApart ||
    traits.strongColor > N.lightStrong ||
    isLowKey(measures) ||
    traits.tintSpread > N.lightSpread
  );
}

/** @param isTinted by colored light. @param isClean no fault of light or color is named: then nothing is excused. */
export function findNotes(facts: Facts, measures: Measures, isTinted: boolean, isClean: boolean): Note[] {
  const notes: Note[] = [];
  const { traits } = facts;
  if (isTinted || (isClean && traits.warmAgreed > N.lightAgreed && traits.strongColor > N.lightColor)) {
    const isWarm = traits.warmAt50 > 0;
    notes.push({
      name: 'colored-light',
      text: isWarm
        ? 'Warm light lies over it: a sunset or lamps rather than a fault.'
        : 'Cold or colored light lies over it: shade, water or lamps rather than a fault.',
    });
  }
  if (isClean && isLowKey(measures))
    notes.push({ name: 'low-key', text: 'Low key: most of it is dark, with light in it.' });
  if (isClean && isHighKey(measures))
    notes.push({ name: 'high-key', text: 'High key: nearly all of it is light, with nothing dark.' });
  if (isClean && isHazy(measures))
    notes.push({ name: 'haze', text: 'Haze, mist or gentle light: even its darkest tones are pale.' });
  if (
    measures.focus >= N.apartFocus &&
    measures.sharpArea < N.apartArea &&
    measures.subjectFocus > measures.focus - N.apartSubject
  ) {
    const text = `Only ${measures.sharpArea.toFixed(0)} % of the detail is in focus: the subject stands out.`;
    notes.push({ name: 'subject-stands-out', text });
  }
  if (isClean && measures.colorfulness >= N.livelyFrom && measures.colorfulness < N.livelyTo && !isTinted) {
    const text = `Lively color: ${measures.colorfulness.toFixed(0)} on a scale to ${N.colorfulnessEnd}.`;
    notes.push({ name: 'lively-colour', text });
  }
  if (measures.thirds <= N.placedWithin && measures.subjectSpread <= N.placedSpread) {
    const text = `What draws the eye lies ${measures.thirds.toFixed(0)} % from a crossing of the thirds.`;
    notes.push({ name: 'well-placed', text });
  }
  return notes;
}
