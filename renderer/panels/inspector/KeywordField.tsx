/** A field that takes keywords one after the other and completes them from the library. */
import { useEffect, useId, useState } from 'react';
import { suggestKeywords } from '../../store/stores.ts';
import type { Suggestion } from '../../store/words.ts';

/** Rest while typing before suggestions are asked for, in milliseconds. */
const REST = 60;

export function KeywordField({
  known,
  onKeyword,
}: {
  /** Not suggested: the photos have them. */
  known: readonly string[];
  onKeyword: (name: string) => void;
}) {
  const [text, setText] = useState('');
  const [suggested, setSuggested] = useState<readonly Suggestion[]>([]);
  const [chosen, setChosen] = useState(-1);
  const list = useId();
  useEffect(() => {
    setChosen(-1);
    if (text.trim() === '') {
      setSuggested([]);
      return;
    }
    const asking = new AbortController();
    const timer = setTimeout(() => {
      void suggestKeywords(text, asking.signal).then((found) => {
        if (!asking.signal.aborted) setSuggested(found);
      });
    }, REST);
    return () => {
      clearTimeout(timer);
      asking.abort();
    };
  }, [text]);
  const offered = suggested.filter(({ name }) => !known.includes(name)).slice(0, 8);
  const isOpen = offered.length > 0;

  const take = (name: string) => {
    setText('');
    for (const keyword of name.split(',')) if (keyword.trim() !== '') onKeyword(keyword.trim());
  };

  return (
    <div className="keyword-field">
      <input
        type="text"
        role="combobox"
        aria-label="Add a keyword"
        aria-expanded={isOpen}
        aria-controls={list}
        aria-activedescendant={chosen >= 0 ? `${list}-${chosen}` : undefined}
        aria-autocomplete="list"
        placeholder="Add a keyword"
        autoComplete="off"
        spellCheck={false}
        value={text}
        onChange={(event) => {
          const now = event.currentTarget.value;
          if (now.endsWith(',')) take(now);
          else setText(now);
        }}
        onBlur={() => setSuggested([])}
        onKeyDown={(event) => {
          event.stopPropagation();
          const steps = { ArrowDown: 1, ArrowUp: -1 }[event.key];
          if (steps !== undefined && isOpen) {
            event.preventDefault();
            setChosen((before) => (before + steps + offered.length + 1) % (offered.length + 1) || 0);
          } else if (event.key === 'Enter') {
            event.preventDefault();
            take(offered[chosen]?.name ?? text);
          } else if (event.key === 'Tab' && chosen >= 0) {
            event.preventDefault();
            take(offered[chosen]!.name);
          } else if (event.key === 'Escape') {
            if (text === '') event.currentTarget.blur();
            else setText('');
          }
        }}
      />
      {isOpen && (
        <div id={list} className="keyword-list" role="listbox" aria-label="Keywords of the library" tabIndex={-1}>
          {offered.map(({ name, count }, index) => (
            <div
              key={name}
              id={`${list}-${index}`}
              role="option"
              tabIndex={-1}
              aria-selected={index === chosen}
              onPointerDown={(event) => {
                event.preventDefault();
                take(name);
              }}
            >
              <span className="cut">{name}</span>
              <span className="count">{count.toLocaleString('en')}</span>
            </div>
          ))}
        </div>
      )}
    </div>
  );
}
