/**
 * Where an engine is: which addresses are allowed at all, and what each costs in trust. Encrypted (https) anywhere; plain
 * http only to this computer or to a private network, and then every address that the name resolves to must be one.
 */
import { isIP } from 'node:net';
import { ModelError } from '../model-api.ts';

export type Reach = 'this computer' | 'private network' | 'internet';

export interface EngineAddress {
  /** Without `/v1` and without a slash at the end, such as `http://127.0.0.1:8080`. */
  base: string;
  /** Name or number, as it is resolved. */
  host: string;
  encrypted: boolean;
}

/** @throws ModelError `bad-input` with a sentence. */
export function readAddress(text: string): EngineAddress {
  const wanted = text.trim();
  const url = URL.canParse(wanted) ? new URL(wanted) : null;
  if (!url || (url.protocol !== 'http:' && url.protocol !== 'https:') || url.hostname === '') {
    throw new ModelError('bad-input', `"${wanted.slice(0, 200)}" is no address: it begins with https:// or http://.`);
  }
  if (url.username !== '' || url.password !== '') {
    throw new ModelError('bad-input', 'A key does not belong into the address: it is given by itself and kept apart.');
  }
  if (url.search !== '' || url.hash !== '') {
    throw new ModelError('bad-input', 'An address of an engine has no ? and no #.');
  }
  const path = url.pathname.replace(/\/+$/, '').replace(/\/v1(\/chat\/completions)?$/, '');
  const address = {
    base: `${url.origin}${path}`,
    host: url.hostname.replace(/^\[|\]$/g, ''),
    encrypted: url.protocol === 'https:',
  };
  // A number is judged at once; a name when it is resolved.
  if (!address.encrypted && isIP(address.host) !== 0) requireNear(address.host);
  return address;
}

/** How far away an IP address is. Link-local ones (169.254…, where clouds keep secrets) count as the internet. */
export function reachOf(ip: string): Reach {
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(ip)?.[1];
  const number = mapped ?? ip;
  if (isIP(number) === 4) {
    const [first = 0, second = 0] = number.split('.').map(Number);
    if (first === 127) return 'this computer';
    const isPrivate =
      first === 10 || (first === 172 && second >= 16 && second <= 31) || (first === 192 && second === 168);
    return isPrivate ? 'private network' : 'internet';
  }
  const lower = ip.toLowerCase();
  if (lower === '::1') return 'this computer';
  return /^f[cd][0-9a-f]{2}:/.test(lower) ? 'private network' : 'internet';
}

/** @throws ModelError when plain http would leave for the internet. */
export function requireNear(ip: string): void {
  if (reachOf(ip) !== 'internet') return;
  throw new ModelError(
    'bad-input',
    `Photos are sent unencrypted (http) only to this computer or a private network, and ${ip} is neither: use https.`,
  );
}

/** Longest edges of the picture that may be sent, pixels: what models look at. */
export const SENT_EDGES = [336, 1024] as const;
type SentEdge = (typeof SENT_EDGES)[number];

/** In words. @param edge long edge of the picture that is sent, pixels */
export const sentSize = (edge: number): string => (edge === 336 ? '336 × 336 pixels' : 'at most 1,024 pixels');

/** What leaves this computer, in one sentence: shown before the first photo goes, and agreed to word for word. */
export function whatLeaves(address: EngineAddress, reach: Reach, edge: SentEdge): string {
  const way = address.encrypted ? 'encrypted (https)' : 'unencrypted (http)';
  const place =
    reach === 'this computer'
      ? 'on this computer'
      : reach === 'private network'
        ? 'in a private network'
        : 'on the internet';
  return (
    `For every photo that is graded or asked about, ${address.base} ${place} gets a copy of ${sentSize(edge)} as JPEG, without EXIF, ` +
    `GPS, name or path, ${way}. When you ask or have it explain, your words and what was measured go along. Nothing else leaves.`
  );
}
