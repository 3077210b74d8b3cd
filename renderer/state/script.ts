/** A text of the critic as it grows: what the events of a stream make of it. Pure. */
import type { Writing } from '../../shared/contract.ts';

/** A text with its headings and the measured facts that it leans on. */
export interface Script {
  readonly parts: readonly { readonly heading: string | null; readonly text: string }[];
  readonly evidence: readonly { readonly number: number; readonly text: string }[];
  /** What goes on before the first word. */
  readonly status: string | null;
  readonly state: 'writing' | 'complete' | 'stopped' | 'length' | 'failed';
  readonly problem: string | null;
}

export const EMPTY_SCRIPT: Script = { parts: [], evidence: [], status: null, state: 'writing', problem: null };

/** The script after one more event. */
export function continued(script: Script, event: Writing): Script {
  switch (event.kind) {
    case 'status':
      return { ...script, status: event.text };
    case 'heading':
      return { ...script, status: null, parts: [...script.parts, { heading: event.text, text: '' }] };
    case 'token': {
      const last = script.parts.at(-1) ?? { heading: null, text: '' };
      return {
        ...script,
        status: null,
        parts: [...script.parts.slice(0, -1), { ...last, text: last.text + event.text }],
      };
    }
    case 'evidence':
      return script.evidence.some((one) => one.number === event.number)
        ? script
        : { ...script, evidence: [...script.evidence, { number: event.number, text: event.text }] };
    case 'critique':
      return script;
    case 'end':
      return { ...script, status: null, state: event.reason };
  }
}

/** Text of a script with its headings, as it is copied. */
export function scriptText(script: Script): string {
  const notes = script.evidence.map((one) => `${one.number} ${one.text}`);
  return [
    ...script.parts.map(({ heading, text }) => (heading === null ? text.trim() : `${heading}\n${text.trim()}`)),
    ...notes,
  ].join('\n\n');
}

/** A stored text keeps its headings as lines of their own, `## …`. */
export function storedParts(text: string): Script['parts'] {
  return text
    .split(/^(?=## )/m)
    .map((part) => /^## (.*)\n([\s\S]*)$/.exec(part) ?? ([part, null, part] as const))
    .map(([, heading, body]) => ({ heading: heading ?? null, text: body ?? '' }));
}
