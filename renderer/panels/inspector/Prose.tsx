import { useEffect, useRef, useState } from 'react';
import type { WrittenText } from '../../store/writing.ts';
import { finishedSentences, paragraphsOf } from './paragraphs.ts';

/** A text of the critic with its headings, its references, and a caret while it is being written. */
export function Prose({
  written,
  noteId,
}: {
  written: Pick<WrittenText, 'parts' | 'evidence' | 'state'>;
  noteId: string;
}) {
  const isWriting = written.state === 'writing';
  const known = new Set(written.evidence.map((one) => one.number));
  return (
    <div className="prose selectable">
      {written.parts.map((part, partIndex) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: parts are only ever added at the end
        <section key={partIndex}>
          {part.heading !== null && <h4>{part.heading}</h4>}
          {paragraphsOf(part.text).map((paragraph, index, all) => {
            const isLast = isWriting && partIndex === written.parts.length - 1 && index === all.length - 1;
            return (
              // biome-ignore lint/suspicious/noArrayIndexKey: paragraphs are only ever added at the end
              <p key={index} data-item={paragraph.kind === 'item' || undefined}>
                {paragraph.runs.map((run, at) =>
                  typeof run === 'string' ? (
                    run
                  ) : known.has(run.note) ? (
                    // biome-ignore lint/suspicious/noArrayIndexKey: runs are only ever added at the end
                    <sup key={at}>
                      <a href={`#${noteId}-${run.note}`} aria-label={`Note ${run.note}`}>
                        {run.note}
                      </a>
                    </sup>
                  ) : null,
                )}
                {isLast && <span className="caret" aria-hidden="true" />}
              </p>
            );
          })}
        </section>
      ))}
      {isWriting && written.parts.every((part) => part.text.trim() === '') && (
        <p>
          <span className="caret" aria-hidden="true" />
        </p>
      )}
      {written.evidence.length > 0 && (
        <ol className="notes" aria-label="Measured evidence">
          {written.evidence.map((one) => (
            <li key={one.number} id={`${noteId}-${one.number}`} value={one.number}>
              <span className="note-number">{one.number}</span> {one.text}
            </li>
          ))}
        </ol>
      )}
    </div>
  );
}

/** Shortest time between two sentences told to a screen reader, in milliseconds. */
const BREATH = 2_000;

/** Tells a screen reader what is being written, sentence by sentence and never token by token. */
export function Spoken({ written, what }: { written: WrittenText | null; what: string }) {
  const [said, setSaid] = useState('');
  const told = useRef({ length: 0, at: 0 });
  const text = written?.parts.map((part) => `${part.heading ?? ''} ${part.text}`).join(' ') ?? '';
  const state = written?.state;
  useEffect(() => {
    if (state === undefined) {
      told.current = { length: 0, at: 0 };
      setSaid('');
      return;
    }
    if (state === 'writing') {
      const ready = finishedSentences(text);
      const now = performance.now();
      if (ready.length < told.current.length) told.current = { length: 0, at: 0 };
      if (ready.length > told.current.length && now - told.current.at > BREATH) {
        setSaid(ready.slice(told.current.length));
        told.current = { length: ready.length, at: now };
      }
      return;
    }
    const end = state === 'stopped' ? ' Stopped.' : state === 'failed' ? '' : ` ${what} complete.`;
    if (told.current.at > 0 || text !== '') setSaid(text.slice(told.current.length) + end);
    told.current = { length: 0, at: 0 };
  }, [text, state, what]);
  return (
    <div className="only-read" aria-live="polite">
      {said}
    </div>
  );
}
