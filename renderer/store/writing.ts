/** A text of the critic as it grows: what the events of a stream make of it. Pure. */
import type { Contradiction } from '../../shared/claims.ts';
import type { Writing } from '../../shared/contract.ts';

/** A text with its headings and the measured facts that it leans on. */
export interface WrittenText {
  readonly parts: readonly { readonly heading: string | null; readonly text: string }[];
  /** `reason`: which one says it (shared/reasons.ts). */
  readonly evidence: readonly { readonly number: number; readonly text: string; readonly reason: string }[];
  /** Sentences that contradict what was measured. */
  readonly contradicted: readonly Contradiction[];
  /** Sentences that were held against the measures; null until all were. */
  readonly checked: number | null;
  /** What goes on before the first word. */
  readonly status: string | null;
  readonly state: 'writing' | 'complete' | 'stopped' | 'length' | 'failed';
  readonly problem: string | null;
}

export const NOTHING_WRITTEN: WrittenText = {
  parts: [],
  evidence: [],
  contradicted: [],
  checked: null,
  status: null,
  state: 'writing',
  problem: null,
};

/** The text after one more event. */
export function continued(written: WrittenText, event: Writing): WrittenText {
  switch (event.kind) {
    case 'status':
      return { ...written, status: event.text };
    case 'heading':
      return { ...written, status: null, parts: [...written.parts, { heading: event.text, text: '' }] };
    case 'token': {
      const last = written.parts.at(-1) ?? { heading: null, text: '' };
      return {
        ...written,
        status: null,
        parts: [...written.parts.slice(0, -1), { ...last, text: last.text + event.text }],
      };
    }
    case 'evidence':
      return written.evidence.some((one) => one.number === event.number)
        ? written
        : {
            ...written,
            evidence: [...written.evidence, { number: event.number, text: event.text, reason: event.reason }],
          };
    case 'contradicted':
      return { ...written, contradicted: [...written.contradicted, event] };
    case 'checked':
      return { ...written, checked: event.sentences };
    case 'critique':
      return written;
    case 'end':
      return { ...written, status: null, state: event.reason };
  }
}

/** The text with its headings, as it is copied. */
export function plainText(written: WrittenText): string {
  const notes = written.evidence.map((one) => `${one.number} ${one.text}`);
  return [
    ...written.parts.map(({ heading, text }) => (heading === null ? text.trim() : `${heading}\n${text.trim()}`)),
    ...notes,
  ].join('\n\n');
}

/** A stored text keeps its headings as lines of their own, `## …`. */
export function storedParts(text: string): WrittenText['parts'] {
  return text
    .split(/^(?=## )/m)
    .map((part) => /^## (.*)\n([\s\S]*)$/.exec(part) ?? ([part, null, part] as const))
    .map(([, heading, body]) => ({ heading: heading ?? null, text: body ?? '' }));
}
