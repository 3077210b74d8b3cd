import { useEffect, useRef, useState } from 'react';
import { MOMENT_LABELS, MOMENTS_LABELS } from '../../../shared/labels.ts';
import { MOMENT_KINDS } from '../../../shared/moments.ts';
import { ActionButton } from '../../app/ActionButton.tsx';
import { useLibrary, useSettings } from '../../store/hooks.ts';
import type { MomentCount } from '../../store/stacks.ts';
import { countMoments, endMomentPreview, regroup, visiblePhotos } from '../../store/stores.ts';
import { Slider } from '../../ui/Field.tsx';
import { Icon } from '../../ui/Icon.tsx';
import { Popover } from '../../ui/Popover.tsx';
import { tip } from '../../ui/Tooltip.tsx';

/** Milliseconds that the slider rests before it is counted what it would find. */
const REST = 80;

/** Stacks: closed or open, and how alike frames must be, with what that finds: in numbers, and on the photos behind. */
export function StackOptions() {
  const button = useRef<HTMLButtonElement>(null);
  const [isOpen, setOpen] = useState(false);
  const isClosed = useLibrary((state) => state.query.stacks === 'collapsed');
  return (
    <>
      <button
        ref={button}
        type="button"
        className="button plain icon-only"
        aria-label="Stacks"
        aria-haspopup="dialog"
        aria-expanded={isOpen}
        data-pressed={isClosed || undefined}
        {...tip('Stacks')}
        onClick={() => setOpen(!isOpen)}
      >
        <Icon name="stack" />
      </button>
      {isOpen && button.current !== null && (
        <Popover
          place={{ element: button.current, align: 'end' }}
          onClose={() => setOpen(false)}
          className="stack-options"
          label="Stacks"
        >
          <LikenessChooser />
          <div className="stack-verbs">
            <ActionButton action="stacks.toggleAll" showChord aria-pressed={isClosed} />
            <ActionButton action="stacks.stack" showChord />
            <ActionButton action="stacks.unstack" showChord />
          </div>
        </Popover>
      )}
    </>
  );
}

function LikenessChooser() {
  const kept = useSettings((settings) => settings.moments.likeness);
  const [draft, setDraft] = useState<number | null>(null);
  const [count, setCount] = useState<MomentCount | null>(null);
  const likeness = draft ?? kept;
  const isTried = draft !== null;
  useEffect(() => {
    let isWanted = true;
    const timer = setTimeout(() => {
      void countMoments(likeness, isTried ? visiblePhotos() : null).then((found) => {
        if (isWanted && found !== null) setCount(found);
      });
    }, REST);
    return () => {
      isWanted = false;
      clearTimeout(timer);
    };
  }, [likeness, isTried]);
  useEffect(() => endMomentPreview, []);
  return (
    <>
      <div className="stack-likeness">
        <span className="meta">Looser</span>
        <Slider
          label="How alike frames of a stack are"
          min={30}
          max={90}
          step={2}
          value={Math.round(likeness * 100)}
          text={`${Math.round(likeness * 100)} of 100`}
          onChange={(value) => setDraft(value / 100)}
          onCommit={(value) => {
            if (value / 100 !== kept) void regroup(value / 100);
          }}
        />
        <span className="meta">Stricter</span>
      </div>
      <p className="stack-count" aria-live="polite">
        {count === null ? 'Counting…' : countText(count)}
      </p>
      {count !== null && <p className="meta stack-kinds">{kindsText(count)}</p>}
    </>
  );
}

function countText({ moments, photos }: MomentCount): string {
  if (moments === 0) return 'No stacks';
  const stacks = moments === 1 ? '1 stack' : `${moments.toLocaleString('en')} stacks`;
  return `${stacks} of ${photos.toLocaleString('en')} photos`;
}

function kindsText({ kinds }: MomentCount): string {
  return MOMENT_KINDS.flatMap((kind) => {
    const count = kinds[kind] ?? 0;
    if (count === 0) return [];
    const label = count === 1 ? MOMENT_LABELS[kind] : MOMENTS_LABELS[kind];
    return [`${count.toLocaleString('en')} ${label.toLowerCase()}`];
  }).join(', ');
}
