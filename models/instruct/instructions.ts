/** Pairs become entries of LLaVA's form: options shuffled, yes and no in balance, the same for the same seed. */
import type { Instruction } from '../../shared/dataset.ts';
import { seededRandom } from '../../shared/random.ts';
import type { Pair } from './rules.ts';

export interface PictureWithPairs {
  /** Beginning of the entries' ids. */
  key: string;
  /** Path below `images`. */
  image: string;
  pairs: readonly Pair[];
}

const LETTERS = 'ABCDEFG';
/** What LLaVA's template and loader take for their own; it would end an answer in the middle. */
const RESERVED = /<\/?s>|<image>|<unk>|\b(?:USER|ASSISTANT):/g;

/** Entries of one split. */
export function instructionsOf(pictures: readonly PictureWithPairs[], seed: number): Instruction[] {
  const random = seededRandom(seed);
  const entries: Instruction[] = [];
  for (const { key, image, pairs } of pictures) {
    const asked = new Set<string>();
    for (const [index, pair] of pairs.entries()) {
      const { question, answer } = pair.options ? asChoice(pair.question, pair.options, random) : pair;
      const value = clean(question);
      // Copies of one picture share an entry's place, never a question.
      if (asked.has(value)) continue;
      asked.add(value);
      entries.push({
        id: `${key}-${index}`,
        image,
        conversations: [
          { from: 'human', value: `<image>\n${value}` },
          { from: 'gpt', value: clean(answer) },
        ],
        type: pair.qtype === 'description' ? 'description' : 'question',
        qtype: pair.qtype,
      });
    }
  }
  return balanced(entries, random);
}

/** As AesBench puts it. */
function asChoice(
  question: string,
  options: readonly string[],
  random: () => number,
): { question: string; answer: string } {
  const order = options.map((text, index) => ({ text, right: index === 0, at: random() })).sort((a, b) => a.at - b.at);
  const lines = order.map(({ text }, index) => `${LETTERS[index]}) ${text}`);
  return {
    question: `${question} Choose one from the following options:\n${lines.join('\n')}`,
    answer: lines[order.findIndex(({ right }) => right)]!,
  };
}

/** As many yes as no: of the more frequent answer, entries are left out by chance. */
function balanced(entries: readonly Instruction[], random: () => number): Instruction[] {
  const answer = (entry: Instruction) => (entry.qtype === 'yes-no' ? entry.conversations[1]!.value : null);
  const yes = entries.filter((entry) => answer(entry) === 'Yes.');
  const no = entries.filter((entry) => answer(entry) === 'No.');
  const many = yes.length > no.length ? yes : no;
  const surplus = Math.abs(yes.length - no.length);
  const dropped = new Set(
    many
      .map((entry) => ({ entry, at: random() }))
      .sort((a, b) => a.at - b.at)
      .slice(0, surplus)
      .map(({ entry }) => entry),
  );
  return entries.filter((entry) => !dropped.has(entry));
}

function clean(text: string): string {
  return text
    .replace(RESERVED, ' ')
    .replace(/[ \t]+/g, ' ')
    .trim();
}
