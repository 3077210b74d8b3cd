/**
 * What the servers that speak OpenAI's protocol say of themselves, and how each is asked for probabilities. The protocol
 * is one; the rest differs: names, hashes, health, how an answer that was begun is gone on with.
 * Sources: llama.cpp tools/server/README.md; vLLM's and SGLang's OpenAI-compatible servers; Ollama's and LM Studio's API.
 */
import { createHash } from 'node:crypto';
import { z } from 'zod';
import { LEVEL_WORDS } from '../runtime/prompts.ts';
import type { EngineAddress } from './address.ts';
import { EngineFailure } from './failures.ts';
import { exchange } from './http.ts';

export const SERVER_KINDS = ['llama.cpp', 'vLLM', 'SGLang', 'Ollama', 'LM Studio', 'other'] as const;
export type ServerKind = (typeof SERVER_KINDS)[number];

/** How a kind of server is spoken to. */
export interface Manners {
  /** Lengths of the list of likeliest words that are asked for, one after the other while level words are missing. */
  lists: readonly number[];
  /** Beside OpenAI's own: what makes it go on with the answer that was begun, instead of answering anew. */
  goOn: Readonly<Record<string, unknown>>;
  /** Path that answers as long as it lives. */
  health: string;
  /** Photos at the same time, where it does not say. */
  atOnce: number;
}

const OPENAI_LIST = [20];
export const MANNERS: Readonly<Record<ServerKind, Manners>> = {
  'llama.cpp': {
    ...{ lists: [64, 1024, 8192], health: '/health', atOnce: 1 },
    // Its parser of answers fails over half a character; what is listed is not changed by what may be taken.
    goOn: { cache_prompt: true, grammar: `root ::= ${LEVEL_WORDS.map((level) => `" ${level}"`).join(' | ')}` },
  },
  vLLM: {
    ...{ lists: [20, 400], health: '/health', atOnce: 8 },
    goOn: { add_generation_prompt: false, continue_final_message: true },
  },
  SGLang: { lists: OPENAI_LIST, goOn: { continue_final_message: true }, health: '/health', atOnce: 8 },
  Ollama: { lists: OPENAI_LIST, goOn: {}, health: '/api/version', atOnce: 1 },
  'LM Studio': { lists: OPENAI_LIST, goOn: {}, health: '/v1/models', atOnce: 1 },
  other: { lists: OPENAI_LIST, goOn: {}, health: '/v1/models', atOnce: 2 },
};

const word = z.string().min(1).max(400);
const modelEntry = z.looseObject({
  id: word,
  owned_by: z.string().max(200).optional(),
  root: z.string().max(1000).optional(),
  meta: z.record(z.string(), z.unknown()).nullish(),
});
const modelList = z.looseObject({ data: z.array(modelEntry).max(1000) });
export type ModelEntry = z.infer<typeof modelEntry>;

const props = z.looseObject({
  total_slots: z.int().min(1).max(4096).optional(),
  chat_template: z.string().optional(),
  model_path: z.string().optional(),
  modalities: z.looseObject({ vision: z.boolean().optional() }).optional(),
});
const ollamaTags = z.looseObject({
  models: z.array(z.looseObject({ name: z.string(), digest: z.string().max(200).optional() })).max(1000),
});

const applied = z.looseObject({ prompt: z.string() });
const tokenized = z.looseObject({ token_strs: z.array(z.string()).nullish() });

export interface ServerFacts {
  kind: ServerKind;
  /** Names by which it can be asked. */
  models: string[];
  /** Photos at the same time, as it says, else what is usual. */
  atOnce: number;
  /** False where it says that it takes no pictures. */
  sees: boolean;
  /** What stands between the end of a question and an answer that is begun: '' or a space, as its template ends. */
  gapOf(model: string): Promise<string>;
  /** What it says of itself about a model, as sha256: another file, quantization or template is another hash. */
  hashOf(model: string): string;
}

/** @throws EngineFailure with a sentence; the signal's reason. */
export async function askServer(
  address: EngineAddress,
  key: string | null,
  signal?: AbortSignal,
): Promise<ServerFacts> {
  const ask = (path: string) => exchange({ address, path, key, signal, patience: 15_000 });
  const optional = (path: string) =>
    ask(path).catch((error: unknown) => {
      signal?.throwIfAborted();
      if (error instanceof EngineFailure && error.trouble === 'unreachable') throw error;
      return null;
    });
  const list = modelList.safeParse(await ask('/v1/models'));
  if (!list.success || list.data.data.length === 0) {
    throw new EngineFailure('refused', `${address.base} offers no model (its /v1/models lists none).`);
  }
  const entries = list.data.data;
  const kind = kindOf(entries[0]!) ?? (await kindBySigns(optional));
  const said = kind === 'llama.cpp' ? props.safeParse(await optional('/props')).data : undefined;
  const tags = kind === 'Ollama' ? ollamaTags.safeParse(await optional('/api/tags')).data : undefined;
  return {
    kind,
    models: entries.map(({ id }) => id),
    atOnce: Math.min(16, said?.total_slots ?? MANNERS[kind].atOnce),
    sees: said?.modalities?.vision !== false,
    async gapOf(model) {
      const messages = [{ role: 'user', content: 'Why?' }];
      const post = (path: string, body: unknown) =>
        exchange({ address, path, key, signal, body, patience: 15_000 }).catch(() => null);
      const prompt =
        kind === 'llama.cpp'
          ? applied.safeParse(await post('/apply-template', { messages })).data?.prompt
          : kind === 'vLLM'
            ? tokenized
                .safeParse(await post('/tokenize', { model, messages, return_token_strs: true }))
                .data?.token_strs?.at(-1)
            : undefined;
      return prompt === undefined || /[\s>▁ĊĠ]$/.test(prompt) ? '' : ' ';
    },
    hashOf(model) {
      const entry = entries.find(({ id }) => id === model);
      const digest = tags?.models.find(({ name }) => name === model)?.digest;
      const file = said?.model_path?.split(/[\\/]/).at(-1);
      const facts = digest ?? [entry?.root, entry?.meta && lasting(entry.meta), file, said?.chat_template];
      return createHash('sha256')
        .update(JSON.stringify([kind, model.split(/[\\/]/).at(-1), facts]))
        .digest('hex');
    },
  };
}

function kindOf({ owned_by: owner = '' }: ModelEntry): ServerKind | null {
  if (owner === 'llamacpp') return 'llama.cpp';
  if (owner === 'vllm') return 'vLLM';
  if (owner === 'sglang') return 'SGLang';
  if (owner === 'library') return 'Ollama';
  return /^organization[-_]owner$/.test(owner) ? 'LM Studio' : null;
}

/** Owners are names of people in some servers' lists. */
async function kindBySigns(ask: (path: string) => Promise<unknown>): Promise<ServerKind> {
  if (ollamaTags.safeParse(await ask('/api/tags')).success) return 'Ollama';
  return props.safeParse(await ask('/props')).data?.total_slots === undefined ? 'other' : 'llama.cpp';
}

/** What a server says of a model's file without what changes with how it was started. */
function lasting(meta: Record<string, unknown>): [string, unknown][] {
  return Object.entries(meta)
    .filter(([name, value]) => name !== 'n_ctx' && ['string', 'number'].includes(typeof value))
    .sort(([a], [b]) => (a < b ? -1 : 1));
}
