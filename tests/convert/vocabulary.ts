/**
 * A small SentencePiece vocabulary, trained here by byte-pair merging, written as `tokenizer.model` and as
 * `tokenizer.json`, and an encoder of its own that follows SentencePiece's rule and knows nothing of the engine.
 */

export interface Piece {
  text: string;
  score: number;
  /** 1 normal, 2 unknown, 3 control, 6 byte */
  type: number;
}

export interface Vocabulary {
  /** Index = id. */
  pieces: Piece[];
}

const CORPUS = [
  'A chat between a curious user and an artificial intelligence assistant. The assistant gives helpful, detailed, and polite answers',
  "to the user's questions. How would you rate the aesthetics of this image? The aesthetics of the image is excellent good fair poor bad",
  'Describe the aesthetic experience of this image in detail. Rate the quality of the image. The composition of the photo is balanced.',
  'The light and the color of the photograph are warm; the subject is sharp and the background is soft. The horizon is tilted.',
  'el perro corre por la playa, le ciel est bleu, der Wald ist dunkel und still, naïve café über',
].join(' ');
const LEVELS = 'excellent good fair poor bad high medium low yes no Yes No USER ASSISTANT';

/** @param merges how many pairs are merged. */
export function trainVocabulary(merges = 420): Vocabulary {
  const words = new Map<string, { symbols: string[]; count: number }>();
  const learn = (text: string, weight: number) => {
    for (const word of text.split(' ')) {
      const key = `▁${word}`;
      const entry = words.get(key) ?? { symbols: [...key], count: 0 };
      entry.count += weight;
      words.set(key, entry);
    }
  };
  learn(CORPUS, 1);
  learn(LEVELS, 20);
  const characters = new Set([...words.values()].flatMap((word) => word.symbols));
  const learned: string[] = [];
  while (learned.length < merges) {
    const counts = new Map<string, number>();
    for (const { symbols, count } of words.values())
      for (let index = 1; index < symbols.length; index++) {
        const union = symbols[index - 1]! + symbols[index]!;
        counts.set(union, (counts.get(union) ?? 0) + count);
      }
    const best = [...counts].sort((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1))[0];
    if (!best) break;
    learned.push(best[0]);
    for (const word of words.values()) {
      const symbols: string[] = [];
      for (const symbol of word.symbols) {
        if (symbols.length > 0 && symbols.at(-1)! + symbol === best[0]) symbols[symbols.length - 1] = best[0];
        else symbols.push(symbol);
      }
      word.symbols = symbols;
    }
  }
  const pieces: Piece[] = [
    { text: '<unk>', score: 0, type: 2 },
    { text: '<s>', score: 0, type: 3 },
    { text: '</s>', score: 0, type: 3 },
  ];
  for (let byte = 0; byte < 256; byte++)
    pieces.push({ text: `<0x${byte.toString(16).toUpperCase().padStart(2, '0')}>`, score: 0, type: 6 });
  let score = 0;
  for (const text of learned) pieces.push({ text, score: score--, type: 1 });
  for (const text of [...characters, 'é', 'Ω', '漢', '🙂', '\u0301', '\n'].filter(
    (text, index, all) => all.indexOf(text) === index,
  ))
    pieces.push({ text, score: score--, type: 1 });
  return { pieces };
}

/** `tokenizer.model`. */
export function tokenizerModel({ pieces }: Vocabulary): Buffer {
  const parts: Buffer[] = [];
  for (const piece of pieces) {
    const score = Buffer.alloc(5);
    score[0] = 0x15;
    score.writeFloatLE(piece.score, 1);
    parts.push(
      message(
        1,
        Buffer.concat([
          message(1, Buffer.from(piece.text)),
          score,
          ...(piece.type === 1 ? [] : [integer(3, piece.type)]),
        ]),
      ),
    );
  }
  // trainer_spec: BPE, byte fallback, ids of <unk>, <s>, </s>, no <pad>.
  parts.push(
    message(
      2,
      Buffer.concat([integer(3, 2), integer(35, 1), integer(40, 0), integer(41, 1), integer(42, 2), integer(43, -1)]),
    ),
  );
  // normalizer_spec: identity, dummy prefix, extra spaces kept.
  parts.push(message(3, Buffer.concat([message(1, Buffer.from('identity')), integer(3, 1), integer(4, 0)])));
  return Buffer.concat(parts);
}

function varint(value: bigint): Buffer {
  const bytes: number[] = [];
  let rest = BigInt.asUintN(64, value);
  do {
    bytes.push(Number(rest & 127n) | (rest > 127n ? 128 : 0));
    rest >>= 7n;
  } while (rest > 0n);
  return Buffer.from(bytes);
}
export function integer(field: number, value: number): Buffer {
  return Buffer.concat([varint(BigInt(field) << 3n), varint(BigInt(value))]);
}
export function message(field: number, bytes: Buffer): Buffer {
  return Buffer.concat([varint((BigInt(field) << 3n) | 2n), varint(BigInt(bytes.length)), bytes]);
}

/** `tokenizer.json` as transformers makes it from a SentencePiece model: every pair of pieces whose union is a piece. */
export function tokenizerJson({ pieces }: Vocabulary) {
  const ids = new Map(pieces.map((piece, id) => [piece.text, id]));
  const merges: { pair: [string, string]; score: number }[] = [];
  for (const { text, score, type } of pieces) {
    if (type !== 1) continue;
    const characters = [...text];
    for (let cut = 1; cut < characters.length; cut++) {
      const left = characters.slice(0, cut).join('');
      const right = characters.slice(cut).join('');
      const parts = [ids.get(left), ids.get(right)];
      if (parts.every((id) => id !== undefined && pieces[id]!.type === 1)) merges.push({ pair: [left, right], score });
    }
  }
  merges.sort((a, b) => b.score - a.score);
  return {
    version: '1.0',
    added_tokens: pieces
      .slice(0, 3)
      .map((piece, id) => ({ id, content: piece.text, special: true, normalized: false })),
    normalizer: {
      type: 'Sequence',
      normalizers: [
        { type: 'Prepend', prepend: '▁' },
        { type: 'Replace', pattern: { String: ' ' }, content: '▁' },
      ],
    },
    pre_tokenizer: null,
    decoder: { type: 'Sequence', decoders: [{ type: 'ByteFallback' }] },
    model: {
      type: 'BPE',
      unk_token: '<unk>',
      fuse_unk: true,
      byte_fallback: true,
      vocab: Object.fromEntries(pieces.map((piece, id) => [piece.text, id])),
      merges: merges.map(({ pair }) => pair.join(' ')),
    },
  };
}

/**
 * SentencePiece's BPE: spaces become ▁, one is put in front; while two neighbours make a piece, the pair with the
 * highest score is merged, the leftmost of equals; what is no piece at the end becomes its UTF-8 bytes.
 */
export function encodeSentencePiece({ pieces }: Vocabulary, text: string): number[] {
  if (text === '') return [];
  const ids = new Map<string, number>();
  for (const [id, piece] of pieces.entries()) if (piece.type === 1) ids.set(piece.text, id);
  const symbols = [...`▁${text.replaceAll(' ', '▁')}`];
  for (;;) {
    let best = -1;
    let highest = Number.NEGATIVE_INFINITY;
    for (let index = 0; index + 1 < symbols.length; index++) {
      const id = ids.get(symbols[index]! + symbols[index + 1]!);
      if (id !== undefined && pieces[id]!.score > highest) {
        highest = pieces[id]!.score;
        best = index;
      }
    }
    if (best < 0) break;
    symbols.splice(best, 2, symbols[best]! + symbols[best + 1]!);
  }
  const firstByte = pieces.findIndex((piece) => piece.text === '<0x00>');
  return symbols.flatMap((symbol) => ids.get(symbol) ?? [...Buffer.from(symbol)].map((byte) => firstByte + byte));
}
