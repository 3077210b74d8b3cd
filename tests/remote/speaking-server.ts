/**
 * A small HTTP server that speaks as real ones do: the shapes of its answers were recorded from llama-server (v0.4.0) and
 * written after the documentation of vLLM, Ollama and LM Studio. What it thinks of a picture follows from the picture's
 * pixels, so that any two of these servers agree on it, and different photos get different grades.
 */
import { createHash } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { json } from 'node:stream/consumers';
import sharp from 'sharp';

export type Dialect = 'llama.cpp' | 'vLLM' | 'Ollama' | 'LM Studio';

export interface SpeakingOptions {
  dialect?: Dialect;
  model?: string;
  /** Wants this key, if any. */
  key?: string;
  /** Milliseconds that each answer takes. */
  delay?: number;
  slots?: number;
  /** Level words that are the least likely of all. */
  unlikely?: readonly string[];
  /** Takes the place of an answer to a completion. @returns true when it has answered. */
  instead?: (request: IncomingMessage, response: ServerResponse, body: Body) => boolean;
}

interface Message {
  role: string;
  content: string | { type: string; text?: string; image_url?: { url: string } }[];
}
export interface Body {
  model: string;
  messages: Message[];
  stream?: boolean;
  logprobs?: boolean;
  top_logprobs?: number;
  /** Set by a test: level words that are not in this answer's list. */
  unlisted?: readonly string[];
}

export interface SpeakingServer {
  readonly address: string;
  readonly port: number;
  /** Requests as they came: method, path, headers. */
  readonly requests: { method: string; path: string; headers: IncomingMessage['headers'] }[];
  /** What was asked of it: completions only. */
  readonly asked: Body[];
  /** Each photo (a hash of what was sent) with how many of its nine answers were given here. */
  readonly photos: Map<string, number>;
  /** The files that were sent, by their hash. */
  readonly pictures: Map<string, Buffer>;
  /** Cuts all connections and stops listening, as a crash does. */
  kill(): Promise<void>;
  /** Listens again on the same port. */
  revive(): Promise<void>;
}

const LEVELS = ['excellent', 'good', 'fair', 'poor', 'bad'];
/** What such models list beside: other words, other cases, pieces of words. */
const OTHERS = ['Good', ' Good', 'good', ' very', ' not', ' quite', ' high', ' average', ' beautiful', ' a'];

export async function speakingServer(options: SpeakingOptions = {}): Promise<SpeakingServer> {
  const { dialect = 'llama.cpp', model = 'aesthetic-judge', delay = 0, slots = 2 } = options;
  const requests: SpeakingServer['requests'] = [];
  const asked: Body[] = [];
  const photos = new Map<string, number>();
  const pictures = new Map<string, Buffer>();

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const path = request.url ?? '';
    requests.push({ method: request.method ?? '', path, headers: request.headers });
    const say = (value: unknown, status = 200) => {
      response.writeHead(status, { 'Content-Type': 'application/json' });
      response.end(JSON.stringify(value));
    };
    if (options.key !== undefined && request.headers.authorization !== `Bearer ${options.key}`) {
      const heard = request.headers.authorization ?? '';
      return say({ error: { message: `Invalid API Key ${heard}`, code: 401 } }, 401);
    }
    const fact = factsOf(dialect, model, slots)[path];
    if (fact !== undefined) return say(fact);
    if (path === '/apply-template') return say({ prompt: 'USER: Why? ASSISTANT:' });
    if (path !== '/v1/chat/completions') return say({ error: { message: 'File Not Found', code: 404 } }, 404);
    const body = (await json(request)) as Body;
    asked.push(body);
    if (options.instead?.(request, response, body)) return;
    if (delay > 0) await new Promise((resolve) => setTimeout(resolve, delay));
    if (response.destroyed) return;
    const picture = pictureOf(body);
    const name = createHash('sha256').update(picture).digest('hex');
    pictures.set(name, picture);
    if (body.stream) return stream(response, model);
    const stem = body.messages.at(-1);
    const begun = stem?.role === 'assistant' && typeof stem.content === 'string' ? stem.content : '';
    const listed =
      body.logprobs && dialect !== 'LM Studio'
        ? await listOf(picture, begun, body.top_logprobs ?? 0, options.unlikely ?? [], body.unlisted ?? [])
        : null;
    if (listed) photos.set(name, (photos.get(name) ?? 0) + 1);
    say(completion(dialect, model, begun, listed));
  }

  const server = createServer((request, response) => void answer(request, response).catch(() => response.destroy()));
  await listen(server, 0);
  const { port } = server.address() as AddressInfo;
  return {
    address: `http://127.0.0.1:${port}`,
    port,
    requests,
    asked,
    photos,
    pictures,
    kill: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
    revive: () => listen(server, port),
  };
}

function listen(server: Server, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', () => resolve());
  });
}

/** What is answered to questions about the server itself. */
function factsOf(dialect: Dialect, model: string, slots: number): Record<string, unknown> {
  const entry = { id: model, object: 'model', created: 1795878604 };
  if (dialect === 'llama.cpp') {
    const meta = { vocab_type: true, n_vocab: 707, n_ctx: 2048, n_ctx_train: 2048, n_embd: 64, n_params: 164544 };
    return {
      '/health': { status: 'ok' },
      '/v1/models': {
        models: [{ name: model, model, modified_at: '', size: '', digest: '', type: 'model' }],
        object: 'list',
        data: [{ ...entry, aliases: [model], tags: [], owned_by: 'llamacpp', meta: { ...meta, size: 658176 } }],
      },
      '/props': {
        default_generation_settings: { n_ctx: 2048 },
        total_slots: slots,
        model_alias: model,
        model_path: `/models/${model}.gguf`,
        modalities: { vision: true, video: false, audio: false },
        media_marker: `<__media_${Math.random()}__>`,
        chat_template: "{{- 'USER: ' + message['content'] + ' ASSISTANT:' -}}",
        build_info: 'b1-5b4ebc5',
      },
    };
  }
  if (dialect === 'vLLM') {
    const permission = { id: 'modelperm-1', object: 'model_permission', allow_logprobs: true };
    const data = [
      { ...entry, owned_by: 'vllm', root: `org/${model}`, parent: null, max_model_len: 4096, permission: [permission] },
    ];
    return { '/v1/models': { object: 'list', data }, '/health': {}, '/version': { version: '0.11.0' } };
  }
  if (dialect === 'Ollama') {
    return {
      '/api/version': { version: '0.13.0' },
      '/v1/models': { object: 'list', data: [{ ...entry, owned_by: 'library' }] },
      '/api/tags': { models: [{ name: model, model, digest: 'f'.repeat(64), size: 4661224676 }] },
    };
  }
  return { '/v1/models': { object: 'list', data: [{ id: model, object: 'model', owned_by: 'organization_owner' }] } };
}

function pictureOf(body: Body): Buffer {
  const content = body.messages.find(({ role }) => role === 'user')?.content;
  const part = Array.isArray(content) ? content.find(({ type }) => type === 'image_url') : undefined;
  const data = /^data:image\/(jpeg|png);base64,(.+)$/.exec(part?.image_url?.url ?? '')?.[2];
  return Buffer.from(data ?? '', 'base64');
}

type Channels = Awaited<ReturnType<ReturnType<typeof sharp>['stats']>>['channels'];
const seen = new Map<string, Promise<Channels>>();

/** Nine questions about a picture look at it once. */
function channelsOf(picture: Buffer): Promise<Channels> {
  const name = createHash('sha256').update(picture).digest('hex');
  const known =
    seen.get(name) ??
    sharp(picture)
      .stats()
      .then(({ channels }) => channels);
  seen.set(name, known);
  return known;
}

/** The likeliest next words: the five levels by how bright, colorful and contrasty the picture is, others between them. */
async function listOf(
  picture: Buffer,
  begun: string,
  length: number,
  unlikely: readonly string[],
  unlisted: readonly string[],
) {
  const [red, green, blue] = await channelsOf(picture);
  const taste = ((red?.mean ?? 0) * 3 + (green?.stdev ?? 0) * 5 + (blue?.mean ?? 0) + begun.length * 7) % 97;
  const scores = LEVELS.map((word, index) => ({
    token: ` ${word}`,
    logprob: unlikely.includes(word) ? -14 - index : -1.2 - Math.abs(index - (taste / 97) * 4),
  }));
  const others = OTHERS.map((token, index) => ({ token, logprob: -2 - index / 3 }));
  const filler = Array.from({ length: 60 }, (_, index) => ({ token: ` w${index}`, logprob: -7 - index / 20 }));
  const all = [...scores, ...others, ...filler].sort((a, b) => b.logprob - a.logprob);
  const hidden = (token: string) => unlisted.some((word) => token === ` ${word}`);
  return all
    .filter(({ token }) => !hidden(token))
    .slice(0, length)
    .map((entry) => ({ id: 1, ...entry, bytes: [...Buffer.from(entry.token)] }));
}

function completion(dialect: Dialect, model: string, begun: string, listed: Awaited<ReturnType<typeof listOf>> | null) {
  const first = listed?.[0];
  const token = first?.token ?? ' good';
  // llama-server says the beginning again, the others do not.
  const content = dialect === 'llama.cpp' ? begun + token : token;
  return {
    id: 'chatcmpl-SiO96tKs5tum4c9P9Dlqn15It9TSXPVJ',
    object: 'chat.completion',
    created: 1795878604,
    model,
    choices: [
      {
        index: 0,
        finish_reason: 'length',
        message: { role: 'assistant', content },
        logprobs: first && listed ? { content: [{ ...first, top_logprobs: listed }] } : null,
      },
    ],
    usage: { prompt_tokens: 73, completion_tokens: 1, total_tokens: 74 },
  };
}

const SENTENCE = ['The', ' light', ' is', ' soft', ' and', ' the', ' harbor', ' lies', ' still', '.'];

function stream(response: ServerResponse, model: string): void {
  response.writeHead(200, { 'Content-Type': 'text/event-stream' });
  const common = { id: 'chatcmpl-1', object: 'chat.completion.chunk', created: 1, model };
  const say = (delta: object, reason: string | null) =>
    response.write(`data: ${JSON.stringify({ ...common, choices: [{ index: 0, delta, finish_reason: reason }] })}\n\n`);
  say({ role: 'assistant', content: null }, null);
  for (const content of SENTENCE) say({ content }, null);
  say({}, 'stop');
  response.end('data: [DONE]\n\n');
}
