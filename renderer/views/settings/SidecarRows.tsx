/** When and how marks go into sidecars. */
import { useEffect, useState } from 'react';
import { COLOR_LABELS } from '../../../shared/labels.ts';
import type { Settings } from '../../../shared/settings.ts';
import { useSettings } from '../../store/hooks.ts';
import { changeSettings, readLabelWords } from '../../store/stores.ts';
import type { LabelWords } from '../../store/words.ts';
import { Button } from '../../ui/Button.tsx';
import { Checkbox, TextField } from '../../ui/Field.tsx';

type SidecarSettings = Settings['sidecars'];
const change = (part: Partial<SidecarSettings>) =>
  changeSettings((settings) => ({ ...settings, sidecars: { ...settings.sidecars, ...part } }));

const NAMES = ['red', 'yellow', 'green', 'blue', 'purple'] as const;

export function SidecarRows() {
  const { live, rejectAsRating, judgements, embed, labels } = useSettings((settings) => settings.sidecars);
  return (
    <>
      <Checkbox checked={live === 'on'} onChange={(on) => change({ live: on ? 'on' : 'off' })}>
        Write marks and words into sidecars as they are made
      </Checkbox>
      <Checkbox checked={judgements} onChange={(on) => change({ judgements: on })}>
        Write grade and critique along, where only Keeplight reads them
      </Checkbox>
      <Checkbox checked={rejectAsRating} onChange={(on) => change({ rejectAsRating: on })}>
        Write rejects as Bridge and darktable do, in place of the stars
      </Checkbox>
      <Checkbox checked={embed} onChange={(on) => change({ embed: on })}>
        Offer to write into JPEG, HEIC, TIFF and DNG files themselves, each original kept beside
      </Checkbox>
      <p className="meta">
        Words of the color labels, as the program that reads them has them: Lightroom in German reads Rot, Gelb, Grün.
      </p>
      <OfferedWords labels={labels} onWords={(words) => change({ labels: { ...labels, ...words } as Words })} />
      <div className="label-words">
        {NAMES.map((name) => (
          <LabelWord
            key={name}
            name={name}
            word={labels[name]}
            onWord={(word) => change({ labels: { ...labels, [name]: word } })}
          />
        ))}
      </div>
    </>
  );
}

type Words = SidecarSettings['labels'];

/** What the library's own sidecars say, where that is something else. */
function OfferedWords({ labels, onWords }: { labels: Words; onWords: (words: LabelWords) => void }) {
  const [found, setFound] = useState<LabelWords>({});
  useEffect(() => {
    let isOpen = true;
    void readLabelWords().then((words) => isOpen && setFound(words));
    return () => {
      isOpen = false;
    };
  }, []);
  const others = NAMES.flatMap((name) => {
    const word = found[name];
    return word === undefined || word === labels[name] ? [] : [word];
  });
  if (others.length === 0) return null;
  return (
    <Button tone="raised" onClick={() => onWords(found)}>
      {`Your sidecars say ${others.join(', ')}: use these`}
    </Button>
  );
}

function LabelWord({
  name,
  word,
  onWord,
}: {
  name: (typeof NAMES)[number];
  word: string;
  onWord: (word: string) => void;
}) {
  const [text, setText] = useState(word);
  useEffect(() => setText(word), [word]);
  const commit = () => {
    const now = text.trim();
    if (now === '') setText(word);
    else if (now !== word) onWord(now);
  };
  return (
    <TextField
      label={`Word for ${COLOR_LABELS[name].toLowerCase()}`}
      value={text}
      maxLength={60}
      onChange={setText}
      onBlur={commit}
      trailing={<span className={`dot ${name}`} />}
      onKeyDown={(event) => {
        if (event.key === 'Enter') commit();
      }}
    />
  );
}
