/**
 * What a person thinks of one photo: the photo and nothing else beside it. No critic's word is shown and nothing is
 * filled in, since both would lead; a grade or one line is enough.
 */
import { useEffect, useRef, useState } from 'react';
import {
  ATTRIBUTE_NAMES,
  ATTRIBUTES,
  type Attribute,
  type AttributeViews,
  isEmptyView,
  type PersonView,
  SIDES,
} from '../../../shared/feedback.ts';
import { LEVELS, type Level } from '../../../shared/grade.ts';
import { useFeedback, useRow } from '../../store/hooks.ts';
import { closeView, giveView, partsOfChord, pictureUrl, skipView } from '../../store/stores.ts';
import { Button } from '../../ui/Button.tsx';
import { Dialog } from '../../ui/Dialog.tsx';
import { TextField } from '../../ui/Field.tsx';
import { Kbd } from '../../ui/Kbd.tsx';
import { RoundOver } from './RoundOver.tsx';
import './feedback.css';

const NOTHING: PersonView = { grade: null, attributes: {}, feeling: '', line: '' };
const WORDS: Readonly<Record<Level, string>> = {
  excellent: 'Excellent',
  good: 'Good',
  fair: 'Fair',
  poor: 'Poor',
  bad: 'Bad',
};

export function YourView() {
  const photo = useFeedback((state) => state.photo);
  const isOver = useFeedback((state) => state.isOver);
  if (isOver) return <RoundOver />;
  return photo === null ? null : <Asked key={photo} photo={photo} />;
}

function Asked({ photo }: { photo: number }) {
  const row = useRow(photo);
  const round = useFeedback((state) => state.round);
  const problem = useFeedback((state) => state.problem);
  const [view, setView] = useState<PersonView>(NOTHING);
  const [isSaving, setSaving] = useState(false);
  const save = async (): Promise<void> => {
    if (isSaving || isEmptyView(view)) return;
    setSaving(true);
    await giveView(view);
    setSaving(false);
  };
  const done = round?.photos.filter((one) => one.done).length ?? 0;
  return (
    <Dialog
      title={round === null ? 'Your view' : `Your view · ${done + 1} of ${round.photos.length}`}
      className="your-view"
      onClose={closeView}
    >
      {/* biome-ignore lint/a11y/noStaticElementInteractions: its keys are those of the buttons inside */}
      <div
        className="your-view-body"
        onKeyDown={(event) => {
          const isTyping = event.target instanceof HTMLInputElement || event.target instanceof HTMLTextAreaElement;
          const level = LEVELS[Number(event.key) - 1];
          if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) void save();
          else if (!isTyping && level !== undefined) setView({ ...view, grade: level });
        }}
      >
        <div className="your-view-photo">
          {row !== undefined && <img src={pictureUrl('screen', row)} alt={row.name} draggable={false} />}
        </div>
        <div className="your-view-form">
          {round !== null && (
            <div
              className="your-view-steps"
              role="progressbar"
              aria-label="Photos of this round"
              aria-valuemin={0}
              aria-valuemax={round.photos.length}
              aria-valuenow={done}
            >
              {round.photos.map((one) => (
                <span key={one.photo} data-done={one.done || undefined} data-now={one.photo === photo || undefined} />
              ))}
            </div>
          )}
          <Grades value={view.grade} onChange={(grade) => setView({ ...view, grade })} />
          <label className="your-view-line">
            <span>In a line</span>
            <textarea
              rows={3}
              value={view.line}
              maxLength={2000}
              placeholder="One line is enough"
              onChange={(event) => setView({ ...view, line: event.currentTarget.value })}
            />
          </label>
          <fieldset className="your-view-attributes">
            <legend>What helps, what hurts</legend>
            {ATTRIBUTE_NAMES.map((name) => (
              <AttributeRow
                key={name}
                name={name}
                said={view.attributes[name]}
                onChange={(said) => setView({ ...view, attributes: withAttribute(view.attributes, name, said) })}
              />
            ))}
          </fieldset>
          <TextField
            label="It feels"
            showLabel
            value={view.feeling}
            maxLength={500}
            spellCheck
            onChange={(feeling) => setView({ ...view, feeling })}
          />
          {problem !== null && (
            <p className="problem" role="alert">
              {problem}
            </p>
          )}
          <div className="your-view-verbs">
            {round !== null && <Button onClick={skipView}>Skip</Button>}
            <Button tone="accent" disabled={isEmptyView(view) || isSaving} onClick={() => void save()}>
              {round === null ? 'Keep' : 'Keep and go on'}
              <Kbd>{partsOfChord('Mod+Enter').join(' ')}</Kbd>
            </Button>
          </div>
        </div>
      </div>
    </Dialog>
  );
}

function Grades({ value, onChange }: { value: Level | null; onChange: (level: Level | null) => void }) {
  const first = useRef<HTMLButtonElement>(null);
  useEffect(() => first.current?.focus(), []);
  return (
    <fieldset className="your-view-grades" aria-label="How good is it?">
      {LEVELS.map((level, index) => (
        <button
          key={level}
          ref={index === 0 ? first : undefined}
          data-first={index === 0 || undefined}
          type="button"
          aria-pressed={value === level}
          onClick={() => onChange(value === level ? null : level)}
        >
          <span>{WORDS[level]}</span>
          <Kbd>{String(index + 1)}</Kbd>
        </button>
      ))}
    </fieldset>
  );
}

type Said = NonNullable<AttributeViews[Attribute]>;

function withAttribute(attributes: AttributeViews, name: Attribute, said: Said | undefined): AttributeViews {
  const { [name]: _, ...rest } = attributes;
  return said === undefined ? rest : { ...rest, [name]: said };
}

function AttributeRow({
  name,
  said,
  onChange,
}: {
  name: Attribute;
  said: Said | undefined;
  onChange: (said: Said | undefined) => void;
}) {
  const { label, asks } = ATTRIBUTES[name];
  return (
    <div className="your-view-attribute" data-side={said?.side}>
      <div className="your-view-attribute-head">
        <span title={asks}>{label}</span>
        {SIDES.map((side) => (
          <button
            key={side}
            type="button"
            aria-pressed={said?.side === side}
            aria-label={`${label} ${side}`}
            onClick={() => onChange(said?.side === side ? undefined : { text: '', suggestion: '', ...said, side })}
          >
            {side}
          </button>
        ))}
      </div>
      {said !== undefined && (
        <>
          <TextField
            label={`${label}: in what way`}
            value={said.text}
            maxLength={500}
            spellCheck
            placeholder="In what way"
            onChange={(text) => onChange({ ...said, text })}
          />
          {said.side === 'hurts' && (
            <TextField
              label={`${label}: what would be better`}
              value={said.suggestion}
              maxLength={500}
              spellCheck
              placeholder="What would be better"
              onChange={(suggestion) => onChange({ ...said, suggestion })}
            />
          )}
        </>
      )}
    </div>
  );
}
