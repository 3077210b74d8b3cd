/** Reading a written text: paragraphs, list items and numbered references to evidence. */

export interface Paragraph {
  readonly kind: 'text' | 'item';
  /** Words and references (`[2]`) in turn. */
  readonly runs: readonly (string | { readonly note: number })[];
}

const REFERENCE = /\s?\[(\d{1,2})\]/;

function runsOf(text: string): Paragraph['runs'] {
  return text
    .split(new RegExp(REFERENCE, 'g'))
    .map((piece, index) => (index % 2 === 0 ? piece.replaceAll(/\*\*|__/g, '') : { note: Number(piece) }))
    .filter((piece) => piece !== '');
}

/** Splits at blank lines and list marks; single line breaks are spaces. */
export function paragraphsOf(text: string): Paragraph[] {
  const paragraphs: Paragraph[] = [];
  for (const block of text.trim().split(/\n\s*\n/)) {
    let open: { kind: Paragraph['kind']; text: string } | null = null;
    const close = (): void => {
      if (open !== null && open.text.trim() !== '') {
        paragraphs.push({ kind: open.kind, runs: runsOf(open.text.trim()) });
      }
    };
    for (const line of block.split('\n')) {
      const item = /^\s*(?:[-*•]|\d{1,2}[.)])\s+(.*)$/.exec(line);
      if (item !== null) {
        close();
        open = { kind: 'item', text: item[1]! };
      } else if (open === null) {
        open = { kind: 'text', text: line };
      } else {
        open = {
          kind: (open as { kind: Paragraph['kind'] }).kind,
          text: `${(open as { text: string }).text} ${line.trim()}`,
        };
      }
    }
    close();
  }
  return paragraphs;
}

/** The finished sentences of a text that is still being written: what a screen reader is told. */
export function finishedSentences(text: string): string {
  const end = Math.max(...['. ', '! ', '? ', '.\n', '!\n', '?\n'].map((mark) => text.lastIndexOf(mark)));
  return end < 0 ? '' : text.slice(0, end + 1);
}

/** A sentence of a paragraph, with the references that stand in it. */
export interface Sentence {
  readonly runs: Paragraph['runs'];
  readonly notes: readonly number[];
  /** Its words alone. */
  readonly text: string;
}

/** Splits a paragraph behind its full stops; together the runs are the paragraph's. */
export function sentencesOf({ runs }: Paragraph): Sentence[] {
  const sentences: Sentence[] = [];
  let open: (string | { readonly note: number })[] = [];
  const close = (): void => {
    if (open.length === 0) return;
    const notes = open.flatMap((run) => (typeof run === 'string' ? [] : run.note));
    sentences.push({ runs: open, notes, text: open.filter((run) => typeof run === 'string').join('') });
    open = [];
  };
  for (const run of runs) {
    if (typeof run !== 'string') {
      open.push(run);
      continue;
    }
    for (const piece of run.split(/(?<=[.!?]\s)/)) {
      open.push(piece);
      if (/[.!?]\s$/.test(piece)) close();
    }
  }
  close();
  return sentences;
}
