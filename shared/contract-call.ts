/** What every call of the contract is made of. */
import { oc } from '@orpc/contract';
import { z } from 'zod';

/** Everything that can go wrong on purpose; `message` is always a sentence for people. */
export const call = oc.errors({
  NOT_FOUND: {},
  CONFLICT: {},
  INVALID: {},
  UNAVAILABLE: {},
  DISK_FULL: {},
  READ_ONLY: {},
  MODEL_FAILED: {},
});

/** In one pass: a schema a number takes half a second for a million of them. */
export const idsSchema = z.custom<number[]>(
  (value) =>
    Array.isArray(value) && value.length <= 1_000_000 && value.every((id) => Number.isSafeInteger(id) && id > 0),
  'Not a list of at most a million photo ids.',
);
export const nameSchema = z.string().trim().min(1).max(200);
export const nothing = z.object({});
