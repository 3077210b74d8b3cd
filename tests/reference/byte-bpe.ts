/**
 * BPE over bytes from a tokenizer.json, as its file says (Sennrich et al. 2016; Radford et al. 2019): special tokens are
 * cut out first, text is normalised, cut into words by the pattern, and each word's bytes are merged pair by pair, the
 * earliest merge first.
 */
export interface ByteBpe {
  vocabulary: ReadonlyMap<string, number>;
  ranks: ReadonlyMap<string, number>;
  words: RegExp;
  /** Longest first. */
  added: readonly { text: string; id: number }[];
}

/** A byte's letter: printable ones stand for themselves, the others for 256 and on. */
export function byteLetters(): string[] {
  const letters: string[] = [];
  let next = 256;
  for (let byte = 0; byte < 256; byte++) {
    const plain = (byte >= 33 && byte <= 126) || (byte >= 161 && byte <= 172) || byte >= 174;
    letters.push(String.fromCodePoint(plain ? byte : next++));
  }
  return letters;
}
const LETTERS = byteLetters();

export function byteBpe(json: {
  model: { vocab: Record<string, number>; merges: (string | string[])[] };
  added_tokens: { id: number; content: string }[];
  pre_tokenizer: { pretokenizers: [{ pattern: { Regex: string } }, unknown] };
}): ByteBpe {
  const merges = json.model.merges.map((merge) => (typeof merge === 'string' ? merge : merge.join(' ')));
  const source = json.pre_tokenizer.pretokenizers[0].pattern.Regex.replace(
    "(?i:'s|'t|'re|'ve|'m|'ll|'d)",
    "(?:'[sS]|'[tT]|'[rR][eE]|'[vV][eE]|'[mM]|'[lL][lL]|'[dD])",
  );
  return {
    vocabulary: new Map(Object.entries(json.model.vocab)),
    ranks: new Map(merges.map((merge, rank) => [merge, rank])),
    words: new RegExp(source, 'gu'),
    added: json.added_tokens
      .map(({ id, content }) => ({ text: content, id }))
      .sort((a, b) => b.text.length - a.text.length),
  };
}

export function encodeBytes(tokenizer: ByteBpe, text: string): number[] {
  const ids: number[] = [];
  let plain = '';
  const flush = () => {
    for (const word of plain.normalize('NFC').match(tokenizer.words) ?? []) ids.push(...encodeWord(tokenizer, word));
    plain = '';
  };
  for (let at = 0; at < text.length; ) {
    const special = tokenizer.added.find((token) => text.startsWith(token.text, at));
    if (special) {
      flush();
      ids.push(special.id);
      at += special.text.length;
    } else plain += text[at++];
  }
  flush();
  return ids;
}

function encodeWord({ vocabulary, ranks }: ByteBpe, word: string): number[] {
  let parts = [...new TextEncoder().encode(word)].map((byte) => LETTERS[byte]!);
  for (;;) {
    let best = Number.POSITIVE_INFINITY;
    for (let index = 1; index < parts.length; index++)
      best = Math.min(best, ranks.get(`${parts[index - 1]} ${parts[index]}`) ?? Number.POSITIVE_INFINITY);
    if (best === Number.POSITIVE_INFINITY) break;
    const merged: string[] = [];
    for (const part of parts) {
      const before = merged.at(-1);
      if (before !== undefined && ranks.get(`${before} ${part}`) === best) merged[merged.length - 1] = before + part;
      else merged.push(part);
    }
    parts = merged;
  }
  return parts.map((part) => vocabulary.get(part)!);
}
