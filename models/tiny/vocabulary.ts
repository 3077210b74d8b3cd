/**
 * A small SentencePiece vocabulary: bytes, characters, and whole words for what Keeplight asks and hears, the level
 * words among them. A word's beginnings are pieces too, since SentencePiece's merging builds a word from its left.
 */
import { LEVELS } from '../../shared/grade.ts';
import { PIECE_TYPES, type Piece } from '../convert/sentencepiece.ts';
import type { Tokenizer } from '../convert/tokenizer.ts';

const WORDS = [
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

/** @param size Number of tokens; the rest is filled with words that no text has. @throws RangeError when too small. */
export function tinyTokenizer(size?: number): Tokenizer {
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
  const wanted = size ?? tokens.length;
  if (wanted < tokens.length) throw new RangeError(`A tiny vocabulary has at least ${tokens.length} tokens.`);
  for (let index = tokens.length; index < wanted; index++)
    tokens.push({ text: `▁filler${index}`, score: -index, type: PIECE_TYPES.normal });
  return {
    tokens,
    beginId: 1,
    endId: 2,
    unknownId: 0,
    padId: null,
    addSpacePrefix: true,
    addBegin: true,
    addEnd: false,
    warnings: [],
  };
}
