/**
 * One process of the analysis pool: takes a photo, sends back what it saw. Holds no state between photos, so that it may
 * crash, hang or be ended at any time and cost one photo at most. Ends when its parent does.
 */

import { flushCompileCache } from 'node:module';
import { Worker } from 'node:worker_threads';
import { messageOf } from '../../../shared/error-message.ts';
import { errorCode } from '../base/file-error.ts';
import { UnreadablePhoto } from '../base/unreadable.ts';
import { contentHashOf } from '../files/fingerprint.ts';
import { openBytes } from '../formats/bytes.ts';
import type { ExiftoolAnswer, ExiftoolQuestion } from '../formats/exiftool.ts';
import { latestBelievable } from '../formats/metadata.ts';
import { withSidecars } from '../formats/sidecar.ts';
import type { DecodeContext } from '../pixels/decode.ts';
import { decodeFile, renderDeveloped, renderFull } from '../pixels/full-picture.ts';
import { analyze } from './analyze.ts';
import type { FromDecoder, ToDecoder, Work } from './decoder.ts';
import type { FacesRequest } from './faces/look-for-faces.ts';

const controllers = new Map<number, AbortController>();
const turns = new Map<number, () => void>();
const questions = new Map<number, (answer: ExiftoolAnswer) => void>();

// A terminal signals all processes of its group, a service manager all of the service: the core alone decides.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => {});
// Exiting in order would wait for a thread that waits for a drive.
process.on('disconnect', () => process.kill(process.pid, 'SIGKILL'));
// The core's own number: it may be gone, and another process our parent, before this line is reached.
new Worker(`(${endWithParent})(${Number(process.argv[2])})`, {
  eval: true,
  resourceLimits: { maxOldGenerationSizeMb: 16 },
}).unref();

process.on('message', (message: ToDecoder) => {
  if (message.type === 'abort') controllers.get(message.id)?.abort();
  else if (message.type === 'go') turns.get(message.id)?.();
  else if (message.type === 'answer') questions.get(message.id)?.(message.answer);
  else void work(message);
});
send({ type: 'started' });
// It is written at an orderly end otherwise, and this process has none.
flushCompileCache();

/**
 * A thread of its own, because this one computes, or waits for a drive, and would not notice that the core was killed. Its
 * text is all that the thread gets: loading a file into it would cost more than the thread. (Windows ends children itself.)
 */
function endWithParent(parent: number): void {
  setInterval(() => {
    if (process.ppid !== parent) process.kill(process.pid, 'SIGKILL');
  }, 1000);
}

function send(message: FromDecoder): void {
  if (process.connected) process.send?.(message, () => {}); // a failure shows as this process's end
}

async function work(message: Work): Promise<void> {
  const { id } = message;
  const controller = new AbortController();
  controllers.set(id, controller);
  const context: DecodeContext = {
    signal: controller.signal,
    atPhase: (phase) => send({ type: 'phase', id, phase }),
    whenHeavy: async () => {
      const turn = new Promise<void>((resolve) => turns.set(id, resolve));
      send({ type: 'heavy', id });
      await turn;
      turns.delete(id);
      return () => send({ type: 'light', id });
    },
    askExiftool: async (question: ExiftoolQuestion) => {
      const answer = new Promise<ExiftoolAnswer>((resolve) => questions.set(id, resolve));
      send({ type: 'ask', id, question });
      try {
        return await answer;
      } finally {
        questions.delete(id);
      }
    },
  };
  try {
    send(await resultOf(message, context));
  } catch (error) {
    const text = messageOf(error);
    const failure = error instanceof UnreadablePhoto ? error.failure : null;
    send({
      type: 'error',
      id,
      residentBytes: process.memoryUsage.rss(),
      message: text,
      failure,
      code: errorCode(error),
    });
  } finally {
    controllers.delete(id);
  }
}

async function resultOf(message: Work, context: DecodeContext): Promise<FromDecoder> {
  const { id } = message;
  switch (message.type) {
    case 'look': {
      const look = await analyze(message.request, context);
      return { type: 'looked', id, residentBytes: process.memoryUsage.rss(), look };
    }
    case 'sidecar': {
      // Whether the drive answers is one question, how long its parsing takes another.
      using bytes = openBytes(message.path);
      context.atPhase?.('decoding');
      const content = contentHashOf(bytes);
      const { path, metadata, photo } = message;
      const told = withSidecars(metadata, [path], latestBelievable(photo));
      return { type: 'sidecar', id, residentBytes: process.memoryUsage.rss(), content, ...told };
    }
    case 'pixels': {
      const { rgb, width, height, profile } = await decodeFile(
        message.path,
        message.longEdge,
        context,
        message.ownColors,
        message.quarters,
      );
      const pixels = { data: new Uint8Array(rgb), width, height, profile: profile && new Uint8Array(profile) };
      return { type: 'pixels', id, residentBytes: process.memoryUsage.rss(), pixels };
    }
    case 'faces': {
      const seen = await facesOf(message.request, context);
      return { type: 'faces', id, residentBytes: process.memoryUsage.rss(), seen };
    }
    case 'evidence': {
      const { lookForEvidence } = await import('./evidence/look-for-evidence.ts');
      const found = await lookForEvidence(message.request, context);
      return { type: 'evidence', id, residentBytes: process.memoryUsage.rss(), found };
    }
    case 'full': {
      const { path, development, quarters } = message;
      const { jpeg, width, height } = await (development === null
        ? renderFull(path, context, quarters)
        : renderDeveloped(path, development, context, quarters));
      const full = { jpeg: new Uint8Array(jpeg), width, height };
      return { type: 'full', id, residentBytes: process.memoryUsage.rss(), full };
    }
  }
}

/** Loaded when first asked for: most decoding processes never are. */
async function facesOf(request: FacesRequest, context: DecodeContext) {
  const { lookForFaces } = await import('./faces/look-for-faces.ts');
  return lookForFaces(request, context);
}
