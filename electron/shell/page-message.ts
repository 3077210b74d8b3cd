/**
 * What a message from the page must look like before it reaches the call library: a request or an abort in its wire
 * form, as text. The contract's schemas then check the input itself. Anything else is nobody's page.
 */

const REQUEST = 1;
const ABORT = 4;

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** Headers that a page may send with a call: where a broken stream went on from. */
const HEADERS = new Set(['last-event-id']);

/** True for a request (`i` id, `p.u` path, `p.b` body) or an abort of one. */
export function isWellFormed(message: unknown): message is string {
  if (typeof message !== 'string') return false;
  let parsed: unknown;
  try {
    parsed = JSON.parse(message);
  } catch {
    return false;
  }
  if (!isRecord(parsed) || typeof parsed.i !== 'string' || parsed.i.length === 0 || parsed.i.length > 64) return false;
  if (parsed.t === ABORT) return true;
  if (parsed.t !== undefined && parsed.t !== REQUEST) return false;
  const payload = parsed.p;
  if (!isRecord(payload) || typeof payload.u !== 'string' || !/^\/[\w/]{1,100}$/.test(payload.u)) return false;
  if (payload.m !== undefined && payload.m !== 'POST') return false;
  if (payload.h === undefined) return true;
  return isRecord(payload.h) && Object.keys(payload.h).every((name) => HEADERS.has(name));
}
