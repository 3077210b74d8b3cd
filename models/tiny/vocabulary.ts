/**
 * Vocabularies for made models. The tiny one: bytes, characters, and whole words for what Keeplight asks and hears, the
 * level words among them. A word's beginnings are pieces too, since SentencePiece's merging builds a word from its left.
 */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readGgufFileInfo } from 'node-llama-cpp';
import { LEVELS } from '../../shared/grade.ts';
import { readBundle } from '../bridge/bundle.ts';
import { nodeLlamaCppHome } from '../bridge/place.ts';
import { PIECE_TYPES, type Piece } from '../convert/sentencepiece.ts';
import type { Tokenizer } from '../convert/tokenizer.ts';

/** What Keeplight asks and hears. */
export const WORDS = [
  ...LEVELS,
  ...'A chat between curious user and an artificial intelligence assistant The gives helpful detailed polite'.split(
    ' ',
  ),
  ...'answers to the questions USER ASSISTANT How would you rate aesthetics of this image is technical'.split(' '),
  ...'quality color light composition content emotion interest uniqueness vibe it has strong soft sharp'.split(' '),
  ...'subject background balance contrast mood calm story eye focus frame horizon sky warm cool high medium low'.split(
    ' ',
  ),
  ...'beautiful ugly average yes no Yes No with but because more less very quite'.split(' '),
];

export function tinyTokenizer(): Tokenizer {
  const tokens: Piece[] = [
    { text: '<unk>', score: 0, type: PIECE_TYPES.unknown },
    { text: '<s>', score: 0, type: PIECE_TYPES.control },
    { text: '</s>', score: 0, type: PIECE_TYPES.control },
  ];
  for (let byte = 0; byte < 256; byte++)
    tokens.push({ text: `<0x${byte.toString(16).toUpperCase().padStart(2, '0')}>`, score: 0, type: PIECE_TYPES.byte });
  const pieces = new Set<string>();
  for (const word of WORDS)
    for (let length = 2; length <= word.length + 1; length++) pieces.add(`▁${word}`.slice(0, length));
  pieces.add('▁');
  for (let code = 33; code < 127; code++) pieces.add(String.fromCharCode(code));
  for (const text of pieces) tokens.push({ text, score: -tokens.length, type: PIECE_TYPES.normal });
  return { tokens, ...LLAMA };
}

const LLAMA = {
  ...{ beginId: 1, endId: 2, unknownId: 0, padId: null },
  ...{ addSpacePrefix: true, addBegin: true, addEnd: false },
  warnings: [],
};

/** Llama 2's own 32,000 tokens, out of llama.cpp's sources: a text has as many of them as for a real model. */
export async function llamaTokenizer(): Promise<Tokenizer> {
  const name = 'models/ggml-vocab-llama-spm.gguf';
  const { files } = await readBundle(join(nodeLlamaCppHome(), 'llama', 'gitRelease.bundle'), (path) => path === name);
  const directory = await mkdtemp(join(tmpdir(), 'keeplight-vocabulary-'));
  try {
    const path = join(directory, 'vocabulary.gguf');
    await writeFile(path, files.get(name)!);
    const { tokens, scores, token_type: types } = (await readGgufFileInfo(path)).metadata.tokenizer.ggml;
    const pieces = (tokens as string[]).map((text, id) => ({
      text,
      score: scores![id] as number,
      type: types![id] as Piece['type'],
    }));
    return { tokens: pieces, ...LLAMA };
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}
