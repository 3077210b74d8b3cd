import { useEffect, useMemo, useRef, useState } from 'react';
import { type Contradiction, wordsOfSentence } from '../../../shared/claims.ts';
import { evidenceOf } from '../../../shared/reasons.ts';
import type { WrittenText } from '../../store/writing.ts';
import { usePointing } from '../photo/pointing.ts';
import { finishedSentences, paragraphsOf, type Sentence, sentencesOf } from './paragraphs.ts';

type Notes = ReadonlyMap<number, WrittenText['evidence'][number]>;

/** A sentence with its references; one that leans on a measured fact lights up where that was measured. */
function SentenceRuns({
  sentence,
  notes,
  noteId,
  photo,
  against,
}: {
  sentence: Sentence;
  notes: Notes;
  noteId: string;
  photo: number | null;
  /** What was measured instead; null where nothing contradicts it. */
  against: Contradiction | null;
}) {
  const cited = sentence.notes.flatMap((note) => notes.get(note) ?? []);
  const pointing = usePointing(
    photo,
    against?.reason == null ? cited.flatMap(({ reason }) => evidenceOf(reason)) : evidenceOf(against.reason),
    [...notes.values()].flatMap(({ reason }) => evidenceOf(reason)),
  );
  const runs = sentence.runs.map((run, at) =>
    typeof run === 'string' ? (
      run
    ) : notes.has(run.note) ? (
      // biome-ignore lint/suspicious/noArrayIndexKey: runs are only ever added at the end
      <sup key={at}>
        <a href={`#${noteId}-${run.note}`} aria-label={`Note ${run.note}`}>
          {run.note}
        </a>
      </sup>
    ) : null,
  );
  if (against !== null) {
    return (
      <span className="contradicted" {...pointing}>
        <s>{runs}</s> <span className="contradicted-by">Measured: {against.text}</span>{' '}
      </span>
    );
  }
  return 'data-evidence' in pointing ? <span {...pointing}>{runs}</span> : runs;
}

function Note({ note, id, photo }: { note: WrittenText['evidence'][number]; id: string; photo: number | null }) {
  const pointing = usePointing(photo, evidenceOf(note.reason));
  return (
    <li id={id} value={note.number} {...pointing}>
      <span className="note-number">{note.number}</span> {note.text}
    </li>
  );
}

/** A text of the critic with its headings, its references, and a caret while it is being written. */
export function Prose({
  written,
  noteId,
  photo,
}: {
  written: Pick<WrittenText, 'parts' | 'evidence' | 'contradicted' | 'state'>;
  noteId: string;
  /** The photo that it speaks of, where it is on screen. */
  photo: number | null;
}) {
  const isWriting = written.state === 'writing';
  const notes: Notes = useMemo(() => new Map(written.evidence.map((one) => [one.number, one])), [written.evidence]);
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
                {sentencesOf(paragraph).map((sentence, at) => (
                  <SentenceRuns
                    // biome-ignore lint/suspicious/noArrayIndexKey: sentences are only ever added at the end
                    key={at}
                    sentence={sentence}
                    notes={notes}
                    noteId={noteId}
                    photo={photo}
                    against={
                      written.contradicted.find((one) => one.sentence === wordsOfSentence(sentence.text)) ?? null
                    }
                  />
                ))}
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
            <Note key={one.number} note={one} id={`${noteId}-${one.number}`} photo={photo} />
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
