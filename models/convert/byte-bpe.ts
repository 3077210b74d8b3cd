/**
 * The tokenizer of a Qwen checkpoint (`tokenizer.json`: BPE over bytes, as GPT-2 has it) as GGUF's `gpt2` tokenizer
 * holds it: texts and types of the tokens, the merges in order, and the name of the rule that cuts text into words first.
 */
import { ConversionError } from './failure.ts';
import { asObject, type JsonObject, parseJsonObject } from './files.ts';
import type { GgufValue } from './gguf-writer.ts';
import { bool, string, uint32 } from './mapping.ts';
import { shown } from './safetensors.ts';
import { PIECE_TYPES } from './sentencepiece.ts';
import type { TokenizerFiles } from './tokenizer.ts';

export interface ByteTokenizer {
  /** For the language model's file. */
  metadata: [string, GgufValue][];
  /** Sentences for the person who converts. */
  warnings: string[];
}

/** llama.cpp's name of each rule that cuts text into words. Source: src/llama-vocab.cpp. */
const WORD_RULES: Readonly<Record<string, string>> = {
  "(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\\r\\n\\p{L}\\p{N}]?[\\p{L}\\p{M}]+|\\p{N}| ?[^\\s\\p{L}\\p{M}\\p{N}]+[\\r\\n]*|\\s*[\\r\\n]+|\\s+(?!\\S)|\\s+":
    'qwen35',
  "(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\\r\\n\\p{L}\\p{N}]?\\p{L}+|\\p{N}| ?[^\\s\\p{L}\\p{N}]+[\\r\\n]*|\\s*[\\r\\n]+|\\s+(?!\\S)|\\s+":
    'qwen2',
};

interface Token {
  text: string;
  type: number;
}

/**
 * @param rows of the embedding: tokens beyond it are left out, missing ones are filled in as unused.
 * @param template of the chat, null for none.
 * @throws ConversionError where the tokenizer is missing, damaged, or of a kind that the engine cannot follow.
 */
export function readByteTokenizer(files: TokenizerFiles, template: string | null, rows: number): ByteTokenizer {
  if (!files.json) throw new ConversionError('The checkpoint has no tokenizer.json.');
  const json = parseJsonObject(files.json, 'tokenizer.json');
  const model = asObject(json.model);
  const vocabulary = asObject(model?.vocab);
  if (!model || !vocabulary || !Array.isArray(model.merges) || model.type !== 'BPE' || model.byte_fallback === true)
    throw new ConversionError('tokenizer.json holds no BPE over bytes, as Qwen models have it.');
  if (model.ignore_merges === true)
    throw new ConversionError(
      'tokenizer.json takes whole words before it merges (ignore_merges), which the engine does not.',
    );
  const rule = wordRule(json);

  const tokens: Token[] = Array.from({ length: rows }, (_, id) => ({ text: `[PAD${id}]`, type: PIECE_TYPES.unused }));
  const place = (id: unknown, token: Token) => {
    if (typeof id !== 'number' || !Number.isSafeInteger(id) || id < 0 || id > 4_000_000)
      throw new ConversionError(`tokenizer.json gives ${shown(token.text)} no usable id.`);
    if (id >= rows)
      throw new ConversionError(
        `The tokenizer has the token ${id} and the embedding only ${rows} rows: they do not belong together.`,
      );
    tokens[id] = token;
  };
  for (const [text, id] of Object.entries(vocabulary)) place(id, { text, type: PIECE_TYPES.normal });
  for (const { id, text, special } of addedTokens(json, files.config))
    place(id, { text, type: special ? PIECE_TYPES.control : PIECE_TYPES.userDefined });

  const merges = model.merges.map((merge, rank) => {
    const [left, right] = typeof merge === 'string' ? merge.split(' ') : Array.isArray(merge) ? merge : [];
    if (typeof left !== 'string' || typeof right !== 'string' || !right)
      throw new ConversionError(`Merge ${rank} of tokenizer.json is no pair.`);
    if (typeof vocabulary[left + right] !== 'number')
      throw new ConversionError(`Merge ${rank} of tokenizer.json makes ${shown(left + right)}, which is no token.`);
    return `${left} ${right}`;
  });
  const idOf = (role: string): number | null => {
    const said = files.config?.[`${role}_token`];
    const text = typeof said === 'string' ? said : asObject(said)?.content;
    const id = typeof text === 'string' ? tokens.findIndex((token) => token.text === text) : -1;
    return id < 0 ? null : id;
  };
  const end = idOf('eos');
  if (end === null) throw new ConversionError('The tokenizer does not say which token ends a text (eos_token).');
  const metadata: [string, GgufValue][] = [
    ['tokenizer.ggml.model', string('gpt2')],
    ['tokenizer.ggml.pre', string(rule)],
    ['tokenizer.ggml.tokens', { type: 'array', of: 'string', values: tokens.map(({ text }) => text) }],
    ['tokenizer.ggml.token_type', { type: 'array', of: 'int32', values: tokens.map(({ type }) => type) }],
    ['tokenizer.ggml.merges', { type: 'array', of: 'string', values: merges }],
    ['tokenizer.ggml.eos_token_id', uint32(end)],
    ['tokenizer.ggml.add_bos_token', bool(files.config?.add_bos_token === true)],
  ];
  for (const [role, key] of [
    ['bos', 'bos'],
    ['pad', 'padding'],
  ] as const) {
    const id = idOf(role);
    if (id !== null) metadata.push([`tokenizer.ggml.${key}_token_id`, uint32(id)]);
  }
  if (template !== null) metadata.push(['tokenizer.chat_template', string(template)]);
  const warnings = template === null ? ['The checkpoint has no chat template; Qwen’s usual turns are used.'] : [];
  return { metadata, warnings };
}

/** @throws ConversionError where text is changed or cut in a way that the engine does not know. */
function wordRule(json: JsonObject): string {
  const normalizer = asObject(json.normalizer);
  // Keeplight hands over text in that form already.
  if (normalizer && normalizer.type !== 'NFC')
    throw new ConversionError(`tokenizer.json changes text by ${shown(String(normalizer.type))}, which is not known.`);
  const steps = asObject(json.pre_tokenizer)?.pretokenizers;
  const [split, bytes, ...others] = (Array.isArray(steps) ? steps : []).map(asObject);
  const pattern = asObject(split?.pattern)?.Regex;
  const rule = typeof pattern === 'string' ? WORD_RULES[pattern] : undefined;
  const plain = bytes?.type === 'ByteLevel' && bytes.add_prefix_space !== true && bytes.use_regex !== true;
  if (split?.type !== 'Split' || split.behavior !== 'Isolated' || !rule || !plain || others.length > 0)
    throw new ConversionError('tokenizer.json cuts text into words by a rule that is not one of Qwen’s.');
  return rule;
}

function addedTokens(json: JsonObject, config: JsonObject | null) {
  const added = new Map<number, { id: number; text: string; special: boolean }>();
  const put = (id: unknown, value: unknown) => {
    const token = asObject(value);
    if (typeof token?.content !== 'string' || typeof id !== 'number')
      throw new ConversionError('tokenizer.json has an added token without text or id.');
    added.set(id, { id, text: token.content, special: token.special === true });
  };
  for (const entry of Array.isArray(json.added_tokens) ? json.added_tokens : []) put(asObject(entry)?.id, entry);
  for (const [id, value] of Object.entries(asObject(config?.added_tokens_decoder) ?? {})) put(Number(id), value);
  return added.values();
}
