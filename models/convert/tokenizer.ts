/**
 * The tokenizer of a checkpoint as GGUF's `llama` tokenizer holds it: one text, score and type a token. The engine cuts
 * text by SentencePiece's BPE algorithm (merge the neighbours whose union scores highest), so other kinds are refused.
 */
import { ConversionError } from './failure.ts';
import { asObject, type JsonObject, parseJsonObject } from './files.ts';
import { shown } from './safetensors.ts';
import { PIECE_TYPES, type Piece, readSentencePiece } from './sentencepiece.ts';

export interface Tokenizer {
  /** One a row of the embedding; index = id. */
  tokens: Piece[];
  beginId: number;
  endId: number;
  unknownId: number | null;
  padId: number | null;
  /** Whether text gets a leading space before it is cut. */
  addSpacePrefix: boolean;
  addBegin: boolean;
  addEnd: boolean;
  /** Sentences for the person who converts. */
  warnings: string[];
}

/** The tokenizer files of a checkpoint folder; null where one is absent. */
export interface TokenizerFiles {
  /** `tokenizer.model` */
  model: Uint8Array | null;
  /** `tokenizer.json` */
  json: Uint8Array | null;
  /** `added_tokens.json` */
  added: JsonObject | null;
  /** `tokenizer_config.json` */
  config: JsonObject | null;
  /** `config.json`, for the ids of special tokens. */
  modelConfig: JsonObject | null;
}

/** Score of tokens that no merge makes. */
const NEVER_MERGED = -1e9;
const ADDED_SCORE = -1000;
/** Characters; Llama 2's longest token has 48. */
const LONGEST_CHECKED = 128;

/**
 * @param rows of the embedding: tokens beyond it are left out, missing ones are filled in as unused.
 * @throws ConversionError where the tokenizer is missing, damaged, or of a kind that the engine cannot follow.
 */
export function readTokenizer(files: TokenizerFiles, rows: number): Tokenizer {
  const warnings: string[] = [];
  let base: Base;
  if (files.model) base = fromSentencePiece(files.model, warnings);
  else if (files.json) base = fromTokenizerJson(parseJsonObject(files.json, 'tokenizer.json'), warnings);
  else
    throw new ConversionError(
      'The checkpoint has no tokenizer: tokenizer.model (SentencePiece) or tokenizer.json (BPE with byte fallback) is needed.',
    );
  if (base.pieces.length > rows)
    throw new ConversionError(
      `The tokenizer has ${base.pieces.length} tokens and the embedding only ${rows} rows: they do not belong together.`,
    );
  const tokens: Piece[] = Array.from({ length: rows }, (_, id) => ({
    text: `[PAD${id}]`,
    score: -10000,
    type: PIECE_TYPES.unused,
  }));
  for (const [id, piece] of base.pieces.entries()) if (piece) tokens[id] = piece;

  const beyond: string[] = [];
  const place = (id: number, piece: Piece) => {
    if (!Number.isSafeInteger(id) || id < 0)
      throw new ConversionError(`The added token ${shown(piece.text)} has no usable id.`);
    if (id < rows) tokens[id] = piece;
    else beyond.push(`${shown(piece.text)} (${id})`);
  };
  for (const { id, text, special } of addedTokens(files, base)) {
    const control = special || looksSpecial(text);
    const kept = id < base.pieces.length ? base.pieces[id] : undefined;
    // A token that the base vocabulary has already keeps its score, and its type where that is a special one.
    if (kept && kept.text === text && kept.type !== PIECE_TYPES.normal) continue;
    place(id, {
      text: control ? text : text.replaceAll('▁', ' '),
      score: kept && kept.text === text ? kept.score : ADDED_SCORE,
      type: control ? PIECE_TYPES.control : PIECE_TYPES.userDefined,
    });
  }
  if (beyond.length > 0)
    warnings.push(
      `${beyond.length} added tokens are left out, as the embedding has ${rows} rows: ${beyond.slice(0, 4).join(', ')}.`,
    );
  checkTokens(tokens);

  const idOf = (text: unknown): number | null => {
    const content = typeof text === 'string' ? text : asObject(text)?.content;
    if (typeof content !== 'string') return null;
    const id = tokens.findIndex((token) => token.text === content);
    return id < 0 ? null : id;
  };
  const special = (role: 'bos' | 'eos' | 'unk' | 'pad', trained: number | null, usual: string): number | null => {
    const configured = firstNumber(files.modelConfig?.[`${role}_token_id`]);
    for (const id of [idOf(files.config?.[`${role}_token`]), trained, configured, idOf(usual)])
      if (id !== null && id >= 0 && id < rows) return id;
    return null;
  };
  const beginId = special('bos', base.beginId, '<s>');
  const endId = special('eos', base.endId, '</s>');
  if (beginId === null || endId === null)
    throw new ConversionError('The tokenizer has no token that begins or ends a text (<s> and </s>).');
  for (const id of [beginId, endId])
    if (tokens[id]!.type === PIECE_TYPES.normal) tokens[id] = { ...tokens[id]!, type: PIECE_TYPES.control };
  const flag = (value: unknown, usual: boolean) => (typeof value === 'boolean' ? value : usual);
  return {
    tokens,
    beginId,
    endId,
    unknownId: special('unk', base.unknownId, '<unk>'),
    padId: special('pad', base.padId, '<pad>'),
    addSpacePrefix: flag(files.config?.add_prefix_space, base.addSpacePrefix),
    addBegin: flag(files.config?.add_bos_token, true),
    addEnd: flag(files.config?.add_eos_token, false),
    warnings,
  };
}

interface Base {
  /** Index = id; gaps in a tokenizer.json are undefined. */
  pieces: (Piece | undefined)[];
  added: { id: number; text: string; special: boolean }[];
  beginId: number | null;
  endId: number | null;
  unknownId: number | null;
  padId: number | null;
  addSpacePrefix: boolean;
}

function fromSentencePiece(bytes: Uint8Array, warnings: string[]): Base {
  const model = readSentencePiece(bytes);
  if (model.modelType !== null && model.modelType !== 2)
    throw new ConversionError(
      `tokenizer.model is of SentencePiece's ${['', 'unigram', 'BPE', 'word', 'character'][model.modelType] ?? 'unknown'} kind; the BPE kind of LLaMA is needed.`,
    );
  if (model.modelType === null) warnings.push('tokenizer.model does not say its kind; it is read as BPE.');
  if (model.normalizes)
    throw new ConversionError(
      'tokenizer.model changes text before it cuts it (a normalisation table); the engine only knows the identity, as LLaMA has it.',
    );
  if (model.removeExtraWhitespaces)
    warnings.push('tokenizer.model drops double spaces and the engine keeps them: such text is cut differently.');
  return {
    pieces: model.pieces,
    added: [],
    beginId: model.beginId,
    endId: model.endId,
    unknownId: model.unknownId,
    padId: model.padId,
    addSpacePrefix: model.addDummyPrefix,
  };
}

function fromTokenizerJson(json: JsonObject, warnings: string[]): Base {
  const model = asObject(json.model);
  const vocabulary = asObject(model?.vocab);
  if (!model || (model.type !== undefined && model.type !== 'BPE') || !vocabulary || !Array.isArray(model.merges))
    throw new ConversionError(
      `tokenizer.json is of the kind ${shown(String(model?.type ?? 'unknown'))}; BPE is needed.`,
    );
  if (model.byte_fallback !== true)
    throw new ConversionError(
      'tokenizer.json is a BPE tokenizer without byte fallback (as GPT-2 and Llama 3 have it); LLaVA-1.5 has Llama 2’s, with byte fallback.',
    );
  const pieces: (Piece | undefined)[] = [];
  for (const [text, id] of Object.entries(vocabulary)) {
    if (typeof id !== 'number' || !Number.isSafeInteger(id) || id < 0 || id > 4_000_000)
      throw new ConversionError(`tokenizer.json gives ${shown(text)} no usable id.`);
    if (pieces[id]) throw new ConversionError(`tokenizer.json gives the id ${id} twice.`);
    const byte = /^<0x[0-9A-Fa-f]{2}>$/.test(text);
    const unknown = text === model.unk_token;
    const type = byte ? PIECE_TYPES.byte : unknown ? PIECE_TYPES.unknown : PIECE_TYPES.normal;
    pieces[id] = { text, score: NEVER_MERGED, type };
  }
  for (let id = 0; id < pieces.length; id++) if (!(id in pieces)) pieces[id] = undefined;

  const ranks = new Map<string, number>();
  const pairs = new Set<string>();
  for (const [rank, merge] of model.merges.entries()) {
    const [left, right] = typeof merge === 'string' ? merge.split(' ') : Array.isArray(merge) ? merge : [];
    if (typeof left !== 'string' || typeof right !== 'string' || !right)
      throw new ConversionError(`Merge ${rank} of tokenizer.json is no pair.`);
    const union = left + right;
    if (typeof vocabulary[union] !== 'number')
      throw new ConversionError(`Merge ${rank} of tokenizer.json makes ${shown(union)}, which is no token.`);
    pairs.add(`${left} ${right}`);
    if (!ranks.has(union)) ranks.set(union, rank);
  }
  // The engine merges by the union's score: the earlier a token is made, the higher it scores.
  for (const [text, rank] of ranks) pieces[vocabulary[text] as number]!.score = -rank;
  const stray = strayMerges(ranks, pairs, vocabulary);
  if (stray.length > 0)
    warnings.push(
      `tokenizer.json was not made from a SentencePiece model: ${stray.length} merges that it never does are open to the engine (such as ${stray.slice(0, 3).map(shown).join(', ')}), so rare words may be cut differently.`,
    );

  const added: Base['added'] = [];
  for (const entry of Array.isArray(json.added_tokens) ? json.added_tokens : []) {
    const token = asObject(entry);
    if (typeof token?.content !== 'string' || typeof token.id !== 'number')
      throw new ConversionError('tokenizer.json has an added token without text or id.');
    added.push({ id: token.id, text: token.content, special: token.special === true });
  }
  const addSpacePrefix = prependsSpace(json);
  const unknownId = typeof model.unk_token === 'string' ? vocabulary[model.unk_token] : null;
  return {
    pieces,
    added,
    beginId: null,
    endId: null,
    unknownId: typeof unknownId === 'number' ? unknownId : null,
    padId: null,
    addSpacePrefix,
  };
}

/** Pairs of tokens whose union is a merged token though the merges do not have the pair. */
function strayMerges(ranks: ReadonlyMap<string, number>, pairs: ReadonlySet<string>, vocabulary: JsonObject): string[] {
  const stray: string[] = [];
  const reachable = (text: string) =>
    ranks.has(text) || ([...text].length === 1 && typeof vocabulary[text] === 'number');
  for (const union of ranks.keys()) {
    const characters = [...union];
    // Longer tokens than any vocabulary has would take squared time.
    if (characters.length > LONGEST_CHECKED) continue;
    for (let cut = 1; cut < characters.length; cut++) {
      const left = characters.slice(0, cut).join('');
      const right = characters.slice(cut).join('');
      if (reachable(left) && reachable(right) && !pairs.has(`${left} ${right}`)) stray.push(`${left}+${right}`);
    }
  }
  return stray;
}

/** Whether a tokenizer.json puts a space before the text, in the normalizer of old or the pre-tokenizer of new files. */
function prependsSpace(json: JsonObject): boolean {
  const parts = (value: unknown): JsonObject[] => {
    const object = asObject(value);
    if (!object) return [];
    const inner = object.normalizers ?? object.pretokenizers;
    return Array.isArray(inner) ? inner.flatMap(parts) : [object];
  };
  for (const part of [...parts(json.normalizer), ...parts(json.pre_tokenizer)]) {
    if (part.type === 'Prepend') return true;
    if (part.type === 'Metaspace')
      return part.prepend_scheme !== undefined ? part.prepend_scheme !== 'never' : part.add_prefix_space !== false;
  }
  return false;
}

/** What added_tokens.json, tokenizer.json and tokenizer_config.json add; later files know more, so they come last. */
function addedTokens(files: TokenizerFiles, base: Base): Base['added'] {
  const added = new Map<number, { id: number; text: string; special: boolean }>();
  for (const token of base.added) added.set(token.id, token);
  for (const [text, id] of Object.entries(files.added ?? {}))
    if (typeof id === 'number') added.set(id, { id, text, special: added.get(id)?.special ?? false });
  for (const [key, value] of Object.entries(asObject(files.config?.added_tokens_decoder) ?? {})) {
    const text = asObject(value)?.content;
    if (typeof text === 'string' && /^\d{1,9}$/.test(key))
      added.set(Number(key), { id: Number(key), text, special: asObject(value)?.special === true });
  }
  return [...added.values()].sort((a, b) => a.id - b.id);
}

/** Added tokens that some checkpoints forget to call special. Source: llama.cpp's conversion/base.py. */
function looksSpecial(text: string): boolean {
  return text === '<pad>' || text === '<mask>' || /^<\|.*\|>$/s.test(text);
}

/** The engine stops its process on two equal tokens or a missing byte, so they are refused here. */
function checkTokens(tokens: readonly Piece[]): void {
  const seen = new Map<string, number>();
  const bytes = new Set<number>();
  for (const [id, token] of tokens.entries()) {
    const before = seen.get(token.text);
    if (before !== undefined)
      throw new ConversionError(`The tokenizer has the token ${shown(token.text)} twice, as ${before} and ${id}.`);
    if (token.text === '') throw new ConversionError(`The tokenizer's token ${id} is empty.`);
    seen.set(token.text, id);
    const byte = /^<0x([0-9A-Fa-f]{2})>$/.exec(token.text);
    if (byte && token.type === PIECE_TYPES.byte) bytes.add(Number.parseInt(byte[1]!, 16));
  }
  if (bytes.size < 256)
    throw new ConversionError(
      `The tokenizer has ${bytes.size} of the 256 byte tokens (<0x00> to <0xFF>) that byte fallback needs.`,
    );
}

function firstNumber(value: unknown): number | null {
  const first = Array.isArray(value) ? value[0] : value;
  return typeof first === 'number' && Number.isSafeInteger(first) ? first : null;
}
