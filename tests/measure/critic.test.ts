import { describe, expect, it } from 'vitest';
import { measurePicture } from '../../electron/core/analysis/measures/measure.ts';
import { judgeFacts, MEASURED_CRITIC } from '../../models/measured/critic.ts';
import { critiqueSchema } from '../../shared/critique.ts';
import { LEVEL_FLOORS, levelOf } from '../../shared/grade.ts';
import { seededRandom } from '../../shared/random.ts';
import { REASON_FACTS, type ReasonName } from '../../shared/reasons.ts';
import { boxBlurred, changed, coloredLeaves, grey, leaves, painted } from './pictures.ts';
import { expectSum } from './sums.ts';
import { syntheticFacts } from './synthetic-facts.ts';

const scene = leaves(900, 600, 31);
const about = { width: 3000, height: 2000 };
const judge = (picture: typeof scene) => judgeFacts(measurePicture(picture), about).critique;
const names = (picture: typeof scene) => judge(picture).reasons.map((reason) => reason.name);

describe('a critique of the measured critic', () => {
  it('fits the schema, says who judged, and gives known reasons heaviest first', () => {
    for (const picture of [
      scene,
      boxBlurred(scene, 9, 9),
      changed(scene, (value) => value * 4),
      painted(300, 200, () => grey(0)),
    ]) {
      const critique = judge(picture);
      expect(critiqueSchema.parse(critique)).toEqual(critique);
      expect(critique).toMatchObject(MEASURED_CRITIC);
      expect(critique.level).toBe(levelOf(critique.value));
      expect(Object.keys(critique.dimensions).sort()).toEqual(['composition', 'light', 'technical']);
      const weights = critique.reasons.map((reason) => Math.abs(reason.weight));
      expect(weights).toEqual([...weights].sort((first, second) => second - first));
      for (const reason of critique.reasons) expect(Object.keys(REASON_FACTS)).toContain(reason.name);
    }
  });

  it('depends on nothing but the measures', () => {
    const first = judge(scene);
    expect({ ...judge(scene), createdAt: 0 }).toEqual({ ...first, createdAt: 0 });
  });

  it('grades no higher than the share of the picture that is there, and says what is missing', () => {
    const facts = measurePicture(scene);
    const whole = judgeFacts(facts, about).critique;
    expect(whole.value).toBeGreaterThan(45);
    const cut = judgeFacts({ ...facts, seen: { ...facts.seen, missing: 0.62 } }, about).critique;
    expect(cut.value).toBeCloseTo(38, 5);
    expect(cut.level).toBe(levelOf(38));
    expect(cut.technical).toBeLessThanOrEqual(38.00001);
    const reason = cut.reasons.find(({ name }) => name === 'incomplete');
    expect(reason?.text).toContain('62 %');
    expect(reason?.weight).toBeLessThanOrEqual(-10);
    expect(names(scene)).not.toContain('incomplete');
  });

  it('grades lower the stronger the damage', () => {
    const blurred = [3, 5, 9, 15].map((size) => judge(boxBlurred(boxBlurred(scene, size, size), size, size)).value);
    const darker = [0.6, 0.4, 0.2].map((gain) => judge(changed(scene, (value) => value * gain)).value);
    for (const grades of [blurred, darker]) {
      for (let index = 1; index < grades.length; index++) expect(grades[index]).toBeLessThan(grades[index - 1]!);
    }
  });

  it('names soft focus, too little and too much light', () => {
    expect(names(boxBlurred(boxBlurred(scene, 9, 9), 9, 9))).toContain('soft-focus');
    expect(names(changed(scene, (value) => value * 0.35))).toContain('underexposed');
    expect(names(changed(scene, (value) => value * 3.2))).toContain('overexposed');
  });

  it('does not blame darkness that has light in it', () => {
    const lamp = painted(900, 600, (x, y) => {
      const away = Math.hypot(x - 0.6, y - 0.3);
      return grey(away < 0.02 ? 250 : 12 + 160 * Math.exp(-away * 14));
    });
    const reasons = names(lamp);
    for (const name of ['underexposed', 'blocked-shadows', 'low-contrast', 'colour-cast', 'clipped-highlights']) {
      expect(reasons).not.toContain(name);
    }
  });

  it('suggests what can be applied, with numbers that mend the fault', () => {
    const dark = judge(changed(scene, (value) => value * 0.4));
    const exposure = dark.suggestions.find((suggestion) => suggestion.adjustment?.kind === 'exposure');
    expect(exposure?.adjustment).toMatchObject({ kind: 'exposure', holdHighlights: true });
    if (exposure?.adjustment?.kind === 'exposure') expect(exposure.adjustment.ev).toBeGreaterThan(1.5);
    const warm = judge(changed(coloredLeaves(900, 600, 17), (value, channel) => value * [1.25, 1, 0.78][channel]!));
    const balance = warm.suggestions.find((suggestion) => suggestion.adjustment?.kind === 'white-balance');
    if (balance?.adjustment?.kind === 'white-balance') {
      expect(balance.adjustment.blue).toBeGreaterThan(1.15);
      expect(balance.adjustment.kelvin).toBeLessThan(0);
    }
    expect(warm.reasons.map((reason) => reason.name)).toContain('colour-cast');
  });

  it('puts screens and pages last', () => {
    const page = painted(900, 600, (x, y) => {
      const line = Math.floor(y * 40);
      const letter = Math.floor(x * 120);
      return grey(line % 2 === 0 && (letter * 7 + line * 3) % 5 < 2 && x > 0.1 && x < 0.7 ? 20 : 255);
    });
    const critique = judge(page);
    expect(critique.reasons[0]?.name).toBe('not-a-photo');
    expect(critique.value).toBeLessThan(judge(scene).value - 20);
  });

  it('adds up: grade and dimensions are the middle and the weights of the reasons, and nothing else', () => {
    const random = seededRandom(5);
    const pictures = [
      scene,
      boxBlurred(scene, 9, 9),
      changed(scene, (value) => value * 0.35),
      coloredLeaves(900, 600, 3),
    ];
    const critiques = [
      ...pictures.map(judge),
      ...Array.from({ length: 300 }, () => judgeFacts(syntheticFacts(random), about).critique),
    ];
    for (const critique of critiques) expectSum(critique);
  });

  it('describes light and key without a point, and says what a photo below "good" lacks', () => {
    const random = seededRandom(6);
    for (let photo = 0; photo < 300; photo++) {
      const { value, reasons } = judgeFacts(syntheticFacts(random), about).critique;
      for (const { name, weight } of reasons) {
        if (REASON_FACTS[name as ReasonName].kind === 'note') expect(weight).toBe(0);
        else expect(Math.abs(weight)).toBeGreaterThan(0);
      }
      if (value < LEVEL_FLOORS.good)
        expect(reasons.some(({ name, weight }) => weight < 0 || name === 'lacking')).toBe(true);
    }
  });
});
