/** Title, caption and keywords of the chosen photos, to read and to change. */
import { useEffect, useRef, useState } from 'react';
import type { WordField } from '../../../shared/statement.ts';
import { useSelection } from '../../store/hooks.ts';
import { markTargets, setWord, sharedWords, tag } from '../../store/stores.ts';
import type { SharedWords } from '../../store/words.ts';
import { Button } from '../../ui/Button.tsx';
import { KeywordField } from './KeywordField.tsx';

/** @param changed is another whenever what is known of the shown photo was read again. */
export function Words({ photo, changed }: { photo: number; changed: unknown }) {
  const ids = useChosen(photo);
  const words = useSharedWords(ids, changed);
  if (words === null) return null;
  return (
    <section className="fact-group words" aria-label="Words">
      <h3 className="section-head">
        Words{ids.length > 1 && <span className="meta"> of {ids.length.toLocaleString('en')} photos</span>}
      </h3>
      <WordBox ids={ids} field="title" label="Title" word={words.title} />
      <WordBox ids={ids} field="caption" label="Caption" word={words.caption} />
      <Keywords ids={ids} keywords={words.keywords} />
    </section>
  );
}

/** What marks act on: the selection, or the photo that is shown alone. */
function useChosen(photo: number): readonly number[] {
  const selected = useSelection((state) => state.ids);
  const [ids, setIds] = useState<readonly number[]>([photo]);
  useEffect(() => {
    const next = selected.size > 1 ? markTargets() : [photo];
    setIds((before) => (before.length === next.length && before.every((id, at) => id === next[at]) ? before : next));
  }, [selected, photo]);
  return ids;
}

function useSharedWords(ids: readonly number[], changed: unknown): SharedWords | null {
  const [words, setWords] = useState<{ ids: readonly number[]; words: SharedWords } | null>(null);
  // biome-ignore lint/correctness/useExhaustiveDependencies: read again when what is known of the photo has changed
  useEffect(() => {
    const reading = new AbortController();
    sharedWords(ids, reading.signal).then(
      (found) => {
        if (!reading.signal.aborted) setWords({ ids, words: found });
      },
      () => undefined,
    );
    return () => reading.abort();
  }, [ids, changed]);
  // Words of other photos must not be changed under the hand.
  return words?.ids === ids ? words.words : null;
}

function WordBox({
  ids,
  field,
  label,
  word,
}: {
  ids: readonly number[];
  field: WordField;
  label: string;
  word: SharedWords['title'];
}) {
  const known = word.text ?? '';
  const [text, setText] = useState(known);
  const box = useRef<HTMLTextAreaElement>(null);
  useEffect(() => setText(known), [known]);
  const commit = () => {
    const now = text.trim();
    if (now !== known) void setWord(ids, field, now === '' ? null : now);
  };
  return (
    <label className="word-box">
      <span className="meta">{label}</span>
      <textarea
        ref={box}
        rows={field === 'title' ? 1 : 2}
        value={text}
        placeholder={word.mixed ? `Different ${field}s` : `Add a ${field}`}
        onChange={(event) => setText(event.currentTarget.value)}
        onBlur={commit}
        onKeyDown={(event) => {
          event.stopPropagation();
          if (event.key === 'Escape') {
            setText(known);
            requestAnimationFrame(() => box.current?.blur());
          } else if (event.key === 'Enter' && (field === 'title' || event.ctrlKey || event.metaKey)) {
            event.preventDefault();
            box.current?.blur();
          }
        }}
      />
    </label>
  );
}

function Keywords({ ids, keywords }: { ids: readonly number[]; keywords: SharedWords['keywords'] }) {
  return (
    <div className="word-box">
      <span className="meta">Keywords</span>
      {keywords.length > 0 && (
        <ul className="keywords editable">
          {keywords.map(({ name, count }) => (
            <li key={name} data-partial={count < ids.length || undefined}>
              <span className="cut">{name}</span>
              {count < ids.length && (
                <Button
                  icon="plus"
                  label={`Give ${name} to all: ${count.toLocaleString('en')} of ${ids.length.toLocaleString('en')} have it`}
                  onClick={() => void tag(ids, { add: [name] })}
                />
              )}
              <Button icon="close" label={`Take ${name} out`} onClick={() => void tag(ids, { remove: [name] })} />
            </li>
          ))}
        </ul>
      )}
      <KeywordField
        known={keywords.filter(({ count }) => count === ids.length).map(({ name }) => name)}
        onKeyword={(name) => void tag(ids, { add: [name] })}
      />
    </div>
  );
}
