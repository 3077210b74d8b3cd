/**
 * Reads training data by the rules of LLaVA's own loader, and fails where that would fail or mask an answer away.
 * Source: LLaVA v1.2, llava/train/train.py (LazySupervisedDataset, preprocess_multimodal, preprocess_v1) and
 * llava/conversation.py (conv_vicuna_v1); tokens are counted as words here, the cutting of the text is the same.
 */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import sharp from 'sharp';
import type { Instruction } from '../../shared/dataset.ts';

const SYSTEM =
  "A chat between a curious user and an artificial intelligence assistant. The assistant gives helpful, detailed, and polite answers to the user's questions.";
const ROLES = { human: 'USER', gpt: 'ASSISTANT' } as const;
const [SEP, SEP2] = [' ', '</s>'];
const IMAGE = '<image>';

export async function loadAsLlava(file: string, imageFolder: string): Promise<Instruction[]> {
  const entries = JSON.parse(await readFile(file, 'utf8')) as Instruction[];
  if (!Array.isArray(entries)) throw new Error('The file is no list.');
  const pictures = new Set(entries.map(({ image }) => image));
  for (const image of pictures) {
    const { channels } = await sharp(join(imageFolder, image))
      .toColourspace('srgb')
      .raw()
      .toBuffer({ resolveWithObject: true })
      .then(({ info }) => info);
    if (channels !== 3) throw new Error(`${image} is not RGB.`);
  }
  for (const entry of entries) {
    const turns = entry.conversations.map(({ from, value }) => ({ from, value: multimodal(value) }));
    if (ROLES[turns[0]!.from] !== ROLES.human) throw new Error(`${entry.id}: the first turn would be skipped.`);
    const messages = turns.map(({ from, value }, index) => {
      const role = ROLES[from];
      if (role !== [ROLES.human, ROLES.gpt][index % 2]) throw new Error(`${entry.id}: turns do not alternate.`);
      return [role, value] as const;
    });
    const prompt =
      SYSTEM + SEP + messages.map(([role, value], index) => `${role}: ${value}${[SEP, SEP2][index % 2]}`).join('');
    if (prompt.split(IMAGE).length !== 2)
      throw new Error(`${entry.id}: one picture is given and ${prompt.split(IMAGE).length - 1} are named.`);
    const rounds = prompt.split(SEP2);
    const answered = rounds.slice(0, rounds.indexOf('') < 0 ? undefined : rounds.indexOf(''));
    if (answered.length !== messages.length / 2) throw new Error(`${entry.id}: an answer ends in the middle.`);
    for (const [index, round] of answered.entries()) {
      const parts = round.split(`${SEP}${ROLES.gpt}: `);
      if (parts.length !== 2) throw new Error(`${entry.id}: round ${index} would be masked away.`);
      if (parts[1] !== messages[2 * index + 1]![1] || parts[1]!.trim() === '')
        throw new Error(`${entry.id}: nothing would be learned from "${parts[1]}".`);
    }
  }
  return entries;
}

/** The picture's place goes to the front of its turn, on a line of its own. */
function multimodal(value: string): string {
  if (!value.includes(IMAGE)) return value;
  return `${IMAGE}\n${value.replace(IMAGE, '').trim()}`.trim();
}
