/**
 * The model's process: started by process-client.ts, holds one model, ends when its parent does. llama.cpp aborts its process
 * on a failed assertion and a driver may take it down; here that costs one photo, not the app.
 */

import { messageOf } from '../../shared/error-message.ts';
import { ModelError } from '../model-api.ts';
import { GpuFailedError, type Loaded, loadModel } from './load-model.ts';
import { type Answer, requestSchema } from './protocol.ts';
import { RequestScheduler } from './request-scheduler.ts';

let scheduler: RequestScheduler | null = null;
let loaded: Loaded | null = null;
let opening = false;

function send(answer: Answer): void {
  if (process.connected) process.send?.(answer);
}

/** A request that breaks the rules gets an answer too: whoever sent it waits for one. */
function refuse(message: unknown, why: string): void {
  const { kind, id } = (message ?? {}) as { kind?: unknown; id?: unknown };
  const text = `The model was asked for something that it does not understand (${why}).`;
  if (kind === 'open') send({ kind: 'not-opened', code: 'bad-input', message: text, withoutGpu: false });
  else if (kind === 'pixels' && typeof id === 'number')
    scheduler?.refuse(id, 'The photo’s pixels are not what they should be.');
  else if (typeof id === 'number') send({ kind: 'failed', id, code: 'bad-input', message: text });
}

process.on('message', (message: unknown) => {
  const parsed = requestSchema.safeParse(message);
  if (!parsed.success) {
    refuse(message, parsed.error.issues[0]?.message ?? 'it is malformed');
    return;
  }
  const request = parsed.data;
  if (request.kind === 'open') {
    if (!opening) void open(request.options);
    return;
  }
  if (!scheduler || !loaded) return;
  switch (request.kind) {
    case 'grade':
    case 'glimpse':
    case 'explain':
    case 'chat':
      scheduler.put(request);
      break;
    case 'pixels':
      scheduler.deliver(request.id, { width: request.width, height: request.height, data: request.data });
      break;
    case 'no-pixels':
      scheduler.refuse(request.id, request.message);
      break;
    case 'stop':
      scheduler.stop(request.id);
      break;
    case 'memory':
      void reportMemory(request.id, loaded, scheduler);
      break;
  }
});

async function open(
  options: Parameters<typeof loadModel>[0] & { gpuLayers?: number | null | undefined },
): Promise<void> {
  opening = true;
  try {
    loaded = await loadModel(options, (share) => send({ kind: 'progress', share }));
    scheduler = new RequestScheduler(loaded, options.cacheDirectory ?? null, send);
    send({ kind: 'opened', info: loaded.info });
  } catch (error) {
    const message = messageOf(error);
    const code = error instanceof ModelError ? error.code : 'bad-file';
    send({ kind: 'not-opened', code, message, withoutGpu: error instanceof GpuFailedError });
  }
}

async function reportMemory(id: number, { engine }: Loaded, { tokensPerSecond }: RequestScheduler): Promise<void> {
  const video = engine.backend === 'cpu' ? null : await engine.llama.getVramState().catch(() => null);
  const device = video ? { used: video.used, total: video.total } : null;
  send({ kind: 'memory', id, report: { residentBytes: process.memoryUsage.rss(), device, tokensPerSecond } });
}

// Without its parent the model serves nobody.
process.on('disconnect', () => process.exit(0));
