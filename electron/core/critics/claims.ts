/**
 * Sentences of a model that contradict what was measured: praise of what is a named fault, blame of what is measured to be
 * sound, and numbers that nobody measured. Only plain claims are held against the measures: advice, comparisons and what is
 * said of a background stay as they are, and where nothing was measured nothing is contradicted.
 */
import { type Contradiction, wordsOfSentence } from '../../../shared/claims.ts';
import type { Reason } from '../../../shared/critique.ts';
import type { Seen } from '../../../shared/facts.ts';
import { MEASURE_FACTS, type MeasureName, measureText } from '../../../shared/measures.ts';
import type { ReasonName } from '../../../shared/reasons.ts';

/** What a text is held against. */
export interface Known {
  /** Of the measured critique, warnings about faces with them. */
  readonly reasons: readonly Reason[];
  readonly seen: Seen | null;
  /** Texts whose numbers may be cited beside those of the reasons: exposure, grades. */
  readonly texts: readonly string[];
}

interface Topic {
  /** Words that praise it, and words that blame it. */
  readonly praise: RegExp;
  readonly blame: RegExp;
  /** Reasons that deny the praise. */
  readonly faults: readonly ReasonName[];
  /** The measure that denies the blame, where it is this good and none of the faults is named. */
  readonly sound: (seen: Seen) => MeasureName | null;
}

const when = (isSound: boolean, measure: MeasureName): MeasureName | null => (isSound ? measure : null);

const TOPICS: readonly Topic[] = [
  {
    praise:
      /\b(?:(?:tack|razor|pin)[- ])?sharp(?:ness|ly)?\b(?! (?:contrasts?|shadows?|lines?|angles?|edges of|light|turns?|colors?))|\bcrisp(?:ness|ly)?\b(?! (?:\w+ )?(?:light|air|white|colors?|morning|day))|\bin (?:perfect |sharp |clear )?focus\b|\bwell[- ]focused\b|\bfocus is (?:good|perfect|accurate|precise|excellent|spot on)\b/i,
    blame:
      /\bblurr(?:y|ed)\b|\bout of focus\b|\bunsharp\b|\b(?:is|are|looks|appears|too|slightly|very) soft\b(?! (?:light|and warm|and gentle|tones?|colors?|pastel))|\bsoft focus\b|\bmotion blur\b|\bcamera shake\b/i,
    faults: ['soft-focus', 'motion-blur', 'missed-focus', 'soft-eyes'],
    sound: ({ focus, subjectFocus, motion }) => when(focus >= 75 && subjectFocus >= 60 && motion < 12, 'focus'),
  },
  {
    praise:
      /\b(?:well|correctly|properly|perfectly|evenly|nicely)[- ]exposed\b|\b(?:good|great|perfect|correct|balanced|proper|excellent|accurate) exposure\b|\bexposure is (?:well[- ])?(?:good|great|perfect|correct|balanced|excellent|accurate|spot on|right)\b/i,
    blame: /\b(?:badly|poorly|wrongly) exposed\b|\b(?:bad|poor|wrong|incorrect) exposure\b/i,
    faults: ['overexposed', 'underexposed', 'clipped-highlights', 'blocked-shadows'],
    sound: () => null,
  },
  {
    praise:
      /\bhighlights? (?:are |is |detail is |details are )?(?:well |nicely |fully |all )*(?:retained|preserved|kept|held|controlled|intact|protected|recovered)\b|\b(?:retain|preserve|keep|hold)(?:s|ing|ed)? (?:\w+ )?detail in the (?:highlights|sky|clouds)\b/i,
    blame:
      /\bover-?exposed\b|\bblown[- ]?(?:out)?\b|\bburn(?:t|ed)[- ]out\b|\bclipped (?:highlights|whites|sky)\b|\bhighlights? (?:is |are )?(?:clipped|lost)\b|\bwashed[- ]out\b|\btoo bright\b/i,
    faults: ['overexposed', 'clipped-highlights'],
    sound: ({ clippedHighlights, clippedSky, brightness, clippedRed, clippedGreen, clippedBlue }) =>
      when(
        clippedHighlights < 0.2 &&
          clippedSky < 0.5 &&
          Math.max(clippedRed, clippedGreen, clippedBlue) < 1 &&
          brightness < 165,
        'clippedHighlights',
      ),
  },
  {
    praise:
      /\bshadows? (?:are |is |detail is |details are )?(?:well |nicely |fully |all )*(?:retained|preserved|kept|held|controlled|intact|open)\b|\b(?:retain|preserve|keep|hold)(?:s|ing|ed)? (?:\w+ )?detail in the shadows\b/i,
    blame:
      /\bunder-?exposed\b|\b(?:blocked|crushed|clipped)(?:[- ]up)? (?:shadows|blacks)\b|\bshadows? (?:is |are )?(?:blocked|crushed|clipped|lost)\b|\btoo dark\b/i,
    faults: ['underexposed', 'blocked-shadows'],
    sound: ({ blockedShadows, brightness, brightest }) =>
      when(blockedShadows < 0.3 && brightness > 85 && brightest > 235, 'blockedShadows'),
  },
  {
    praise:
      /\b(?:level|straight)(?:ed)? horizon\b|\bhorizon(?: line)? (?:is|sits|appears|looks|runs) (?:\w+ )?(?:level|straight|horizontal)\b|\b(?:photo|image|frame|camera|picture|shot) is (?:perfectly |quite |well )?level\b/i,
    blame:
      /\b(?:tilted|crooked|slanted|slanting|skewed|uneven) horizon\b|\bhorizon(?: line)? (?:is |appears |looks )?(?:\w+ )?(?:tilted|crooked|slanted|skewed|leans|leaning|uneven)\b|\b(?:photo|image|frame|camera|picture|shot) is (?:slightly |visibly )?(?:tilted|crooked)\b/i,
    faults: ['tilted-horizon'],
    sound: ({ tilt, tiltAgreement }) => when(tilt !== null && tiltAgreement >= 60 && Math.abs(tilt) < 0.4, 'tilt'),
  },
  {
    praise:
      /\bnoise[- ]free\b|\bgrain[- ]free\b|\bfree (?:of|from) (?:any |visible )?(?:noise|grain)\b|\bclean (?:image|photo|file|picture|shadows|surfaces)\b|\b(?:image|photo|picture) is clean\b|\b(?:noise|grain) is (?:low|minimal|well controlled|absent|negligible|invisible)\b|\b(?:low|minimal|little|negligible) (?:noise|grain)\b/i,
    blame:
      /\bnoisy\b|\bgrainy\b|\b(?:visible|strong|heavy|much|obvious|high|noticeable|excessive) (?:\w+ )?(?:noise|grain)\b|\b(?:noise|grain) is (?:visible|strong|heavy|high|obvious|noticeable)\b/i,
    faults: ['noise'],
    sound: ({ noise }) => when(noise < 1.2, 'noise'),
  },
  {
    praise:
      /\b(?:accurate|true|correct|neutral|faithful) (?:colou?rs?|white balance|tones)\b|\bcolou?rs (?:are|look|appear) (?:\w+ )?(?:accurate|true|neutral|correct|faithful)\b|\bwhite balance is (?:\w+ )?(?:accurate|correct|good|neutral|right|perfect|well chosen)\b|\bfree (?:of|from) (?:a |any )?colou?r cast\b/i,
    blame:
      /\bcolou?r cast\b|\b(?:blue|orange|green|magenta|yellow|red|warm|cold|cool)(?:ish)? (?:cast|tint)\b|\bwhite balance is (?:\w+ )?(?:off|wrong|incorrect)\b/i,
    faults: ['colour-cast'],
    // Colored light is a cast to some; only an even gray denies it.
    sound: ({ castRed, castBlue, neutralArea }) =>
      when(Math.abs(castRed) < 0.04 && Math.abs(castBlue) < 0.04 && neutralArea > 25, 'neutralArea'),
  },
  {
    praise:
      /\b(?:high|strong|good|great|rich|punchy|excellent|bold) contrast\b(?! between)|\bcontrast is (?:\w+ )?(?:high|strong|good|great|rich|punchy|excellent)\b/i,
    blame:
      /\b(?:low|poor|weak|little) contrast\b|\blacks? (?:of )?contrast\b|\bcontrast is (?:\w+ )?(?:low|poor|weak)\b/i,
    faults: ['low-contrast'],
    sound: ({ contrast, dynamicRange }) => when(contrast > 24 && dynamicRange > 6, 'contrast'),
  },
  {
    praise: /\beyes (?:are )?(?:wide )?open\b|\bopen eyes\b/i,
    blame: /\beyes (?:are )?closed\b|\bclosed eyes\b|\bblink(?:s|ed|ing)\b/i,
    faults: ['eyes-closed'],
    sound: () => null,
  },
  {
    praise: /\b(?:free (?:of|from)|without) (?:any |visible )*(?:compression )?artifacts?\b/i,
    blame: /\b(?:visible|strong|heavy|obvious|noticeable) (?:compression |jpeg )?artifacts?\b|\bblocky\b/i,
    faults: ['jpeg-damage'],
    sound: ({ blockiness, banding }) => when(blockiness < 5 && banding < 5, 'blockiness'),
  },
];

/** What is wished for, imagined or compared is no claim. */
const NO_CLAIM =
  /\b(?:would|could|should|might|may|if|try|consider|to (?:make|get|keep|improve|avoid|bring|ensure)|more|sharper|crisper|clearer|softer|brighter|darker|need(?:s|ed)? to|increase|reduce|avoid|ensure|next time|instead|rather than|seems? to want)\b/i;
/** What is said of what lies around the subject. */
const ELSEWHERE =
  /\b(?:background|backdrop|foreground|bokeh|surroundings|depth of field|distance|distant|behind|corners?|edges?|far)\b/i;
const NEGATION =
  /\b(?:not|no|never|hardly|barely|without|neither|nor|lack(?:s|ing)?(?: of)?|free (?:of|from)|far from|isn['’]t|aren['’]t|doesn['’]t|don['’]t|wasn['’]t|absence of|avoids?|little|nothing)\b(?:\W+[\w-]+){0,3}\W*$/i;
/** What turns the rest of its clause round, however far. */
const DENIED =
  /\b(?:nothing|nobody|none|hard(?:ly)? (?:to|anything)|difficult to|impossible to|cannot|can['’]t|fails? to)\b/i;
const CLAUSES = /[,;:–—]|\b(?:but|while|although|though|yet|whereas|however|even if|because|which)\b/i;

/** Light, tones and moods are soft without being blurred. */
const GENTLE = /\b(?:light(?:ing)?|tones?|colou?rs?|palette|mood|glow|shadows?|pastels?)\b/i;
const SOFT = /\bsoft\b/i;

/** Words of one clause: whether it praises (1), blames (−1) or says neither of a topic (0). */
function sideOf({ praise, blame }: Topic, clause: string): 1 | -1 | 0 {
  for (const [pattern, side] of [
    [blame, -1],
    [praise, 1],
  ] as const) {
    const match = pattern.exec(clause);
    if (match === null) continue;
    if (side === -1 && SOFT.test(match[0]) && GENTLE.test(clause)) continue;
    // `no visible noise` blames in its words and praises in what it says.
    const before = clause.slice(0, match.index);
    const isTurned = NEGATION.test(before) || DENIED.test(before);
    return isTurned ? (-side as 1 | -1) : side;
  }
  return 0;
}

function contradictionIn(clause: string, { reasons, seen }: Known): Omit<Contradiction, 'sentence'> | null {
  for (const topic of TOPICS) {
    const side = sideOf(topic, clause);
    if (side === 0) continue;
    const named = reasons.find(({ name }) => (topic.faults as readonly string[]).includes(name));
    if (side === 1 && named !== undefined) return { text: named.text, reason: named.name };
    if (side === -1 && named === undefined && seen !== null) {
      const measure = topic.sound(seen);
      const value = measure === null || measure === 'cast' ? null : seen[measure];
      if (measure !== null && typeof value === 'number')
        return {
          text: `${MEASURE_FACTS[measure].label} ${measureText(measure, value)}: nothing of it is measured.`,
          reason: null,
        };
    }
  }
  return null;
}

/** Numbers that claim to be measured: with a unit of measures or of exposure. */
const MEASURED =
  /(?<![\w.])[±+−-]?(\d[\d,]*(?:\.\d+)?)\s?(?:%|°|degrees?\b|EV\b|stops?\b|percent\b|px\b|megapixels?\b|MP\b|mm\b|of 100\b|of 255\b|\/100\b)|\bISO\s?(\d[\d,]*)|\bf\/(\d+(?:\.\d+)?)|\b1\/(\d{2,5})\b/gi;
const NUMBERS = /\d[\d,]*(?:\.\d+)?/g;
const plain = (number: string) => number.replaceAll(',', '');

/** @returns the first number of a sentence that was measured nowhere. */
function inventedNumber(sentence: string, { reasons, seen, texts }: Known): string | null {
  const known = new Set(
    [...reasons.map(({ text }) => text), ...texts].flatMap((text) => text.match(NUMBERS) ?? []).map(plain),
  );
  const values = Object.values(seen ?? {}).filter((value) => typeof value === 'number');
  for (const match of sentence.matchAll(MEASURED)) {
    const number = plain(match.slice(1).find((group) => group !== undefined) ?? '');
    const digits = number.split('.')[1]?.length ?? 0;
    const isMeasured = values.some((value) => Math.abs(value).toFixed(digits) === number);
    if (!known.has(number) && !isMeasured) return match[0].trim();
  }
  return null;
}

/** What contradicts a sentence; null where nothing does. */
export function contradictionOf(sentence: string, known: Known): Contradiction | null {
  const words = wordsOfSentence(sentence);
  if (words.endsWith('?') || sentence.trim().endsWith('?')) return null;
  const number = inventedNumber(words, known);
  if (number !== null) return { sentence: words, text: `${number} was measured nowhere.`, reason: null };
  for (const clause of words.split(CLAUSES)) {
    if (NO_CLAIM.test(clause) || ELSEWHERE.test(clause)) continue;
    const found = contradictionIn(clause, known);
    if (found !== null) return { sentence: words, ...found };
  }
  return null;
}
