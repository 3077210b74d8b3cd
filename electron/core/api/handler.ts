/** What all handlers share: the contract's implementer, which turns the core's errors into the contract's. */
import { implement, ORPCError } from '@orpc/server';
import { ModelError } from '../../../models/model-api.ts';
import { contract } from '../../../shared/contract.ts';
import { CoreError } from '../base/core-error.ts';
import { sentenceOf } from '../base/failure.ts';
import type { Questions } from '../base/questions.ts';
import type { LogLine } from '../base/records.ts';
import { UnreadablePhoto } from '../base/unreadable.ts';

/** Calls carry nothing beside their input: who may call is the shell's business. */
export type CallContext = Record<never, never>;

export type Speaker = { dataDirectory: string; log: (line: LogLine) => void; questions: Questions };

/** @returns an error of the contract for what was meant to be said, a plain one (and a line in the log) for the rest. */
export function asContractError(error: unknown, speaker: Speaker): unknown {
  if (error instanceof ORPCError) return error;
  if (error instanceof ModelError) return new ORPCError('MODEL_FAILED', { message: error.message });
  if (error instanceof UnreadablePhoto) return new ORPCError('INVALID', { message: error.message });
  const known = sentenceOf(error, speaker.dataDirectory);
  if (known instanceof CoreError) return new ORPCError(known.code, { message: known.message });
  const aborted = error instanceof Error && error.name === 'AbortError';
  if (!aborted) {
    const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
    speaker.log({ level: 'error', text });
  }
  return error;
}

/** Calls that only read and write the catalog, and the time after which a line in the log says which was slow. */
const QUICK: ReadonlySet<string> = new Set(['folders', 'photos', 'marks', 'words', 'history', 'albums']);
const SLOW_MILLISECONDS = 400;

export function createBase(speaker: Speaker) {
  return implement(contract)
    .$context<CallContext>()
    .use(async ({ next, path }) => {
      const began = performance.now();
      speaker.questions.came();
      try {
        return await next();
      } catch (error) {
        throw asContractError(error, speaker);
      } finally {
        const milliseconds = performance.now() - began;
        if (QUICK.has(path[0] ?? '') && milliseconds > SLOW_MILLISECONDS) {
          speaker.log({ level: 'warning', text: `${path.join('.')} took ${Math.round(milliseconds)} ms.` });
        }
      }
    });
}
export type Base = ReturnType<typeof createBase>;

/** Errors of a stream come while it is read, after its handler has returned: they are translated here. */
export async function* speaking<Item>(stream: AsyncIterable<Item>, speaker: Speaker): AsyncGenerator<Item> {
  try {
    yield* stream;
  } catch (error) {
    throw asContractError(error, speaker);
  }
}
