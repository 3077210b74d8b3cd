/** One worker thread of the analysis pool: takes a photo, posts back what it saw. Holds no state between photos. */
import { parentPort } from 'node:worker_threads';
import { messageOf } from '../../../shared/error-message.ts';
import { UnreadablePhoto } from '../base/unreadable.ts';
import type { ExiftoolAnswer, ExiftoolQuestion } from '../formats/exiftool.ts';
import { decodeFile, renderFull } from '../pixels/full-picture.ts';
import type { FromWorker, ToWorker, WorkMessage } from './analysis-pool.ts';
import { analyze } from './analyze.ts';

const port = parentPort;
if (port === null) throw new Error('analysis-worker.ts is started by analysis-pool.ts as a worker thread.');

const controllers = new Map<number, AbortController>();
const turns = new Map<number, () => void>();
const questions = new Map<number, (answer: ExiftoolAnswer) => void>();

port.on('message', (message: ToWorker) => {
  if (message.type === 'abort') controllers.get(message.id)?.abort();
  else if (message.type === 'go') turns.get(message.id)?.();
  else if (message.type === 'answer') questions.get(message.id)?.(message.answer);
  else void work(message);
});

function post(message: FromWorker, transfer: ArrayBuffer[] = []): void {
  port!.postMessage(message, transfer);
}

async function work(message: WorkMessage): Promise<void> {
  const { id } = message;
  const controller = new AbortController();
  controllers.set(id, controller);
  const context = {
    signal: controller.signal,
    whenHeavy: async () => {
      const turn = new Promise<void>((resolve) => turns.set(id, resolve));
      post({ type: 'heavy', id });
      await turn;
      turns.delete(id);
      return () => post({ type: 'light', id });
    },
    askExiftool: async (question: ExiftoolQuestion) => {
      const answer = new Promise<ExiftoolAnswer>((resolve) => questions.set(id, resolve));
      post({ type: 'ask', id, question });
      try {
        return await answer;
      } finally {
        questions.delete(id);
      }
    },
  };
  try {
    if (message.type === 'look') post({ type: 'looked', id, look: await analyze(message.request, context) });
    else if (message.type === 'pixels') {
      const { rgb, width, height } = await decodeFile(message.path, message.longEdge, context);
      const data = new Uint8Array(rgb);
      post({ type: 'pixels', id, pixels: { data, width, height } }, [data.buffer]);
    } else {
      const { jpeg, width, height } = await renderFull(message.path, context);
      const body = new Uint8Array(jpeg);
      post({ type: 'full', id, full: { jpeg: body, width, height } }, [body.buffer]);
    }
  } catch (error) {
    const text = messageOf(error);
    post({ type: 'error', id, message: text, isForPeople: error instanceof UnreadablePhoto, code: codeOf(error) });
  } finally {
    controllers.delete(id);
  }
}

function codeOf(error: unknown): string | null {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : null;
}
