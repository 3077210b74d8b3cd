/** What all handlers share: the contract's implementer, which turns the core's errors into the contract's. */
import { implement, ORPCError } from '@orpc/server';
import { contract } from '../../../shared/contract.ts';
import { sentenceOf } from '../catalog/failure.ts';
import type { CoreContext, LogLine } from '../core.ts';
import { CoreError } from '../core-error.ts';

export type Speaker = { dataDirectory: string; log: (line: LogLine) => void };

/** @returns an error of the contract for what was meant to be said, a plain one (and a line in the log) for the rest. */
export function asContractError(error: unknown, speaker: Speaker): unknown {
  if (error instanceof ORPCError) return error;
  const known = sentenceOf(error, speaker.dataDirectory);
  if (known instanceof CoreError) return new ORPCError(known.code, { message: known.message });
  const aborted = error instanceof Error && error.name === 'AbortError';
  if (!aborted) {
    const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
    speaker.log({ level: 'error', text });
  }
  return error;
}

export function createBase(speaker: Speaker) {
  return implement(contract)
    .$context<CoreContext>()
    .use(async ({ next }) => {
      try {
        return await next();
      } catch (error) {
        throw asContractError(error, speaker);
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
