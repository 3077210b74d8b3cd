import { useRef } from 'react';
import { tip } from './Tooltip.tsx';

export interface SegmentedOption<T extends string> {
  value: T;
  label: string;
  /** Shortcut that does the same, as text; it stands in the tooltip. */
  chord?: string;
  disabled?: boolean;
}

/** One of a few: a radio group that looks like one control. Arrow keys move the choice. */
export function Segmented<T extends string>({
  label,
  options,
  value,
  onChange,
}: {
  label: string;
  options: readonly SegmentedOption<T>[];
  value: T;
  onChange: (value: T) => void;
}) {
  const group = useRef<HTMLDivElement>(null);
  const choose = (by: number) => {
    const open = options.filter((option) => option.disabled !== true);
    const at = open.findIndex((option) => option.value === value);
    const next = open[(at + by + open.length) % open.length];
    if (next === undefined) return;
    onChange(next.value);
    group.current?.querySelector<HTMLElement>(`[data-value="${next.value}"]`)?.focus();
  };
  const isChosen = options.some((option) => option.value === value);
  return (
    <div
      ref={group}
      className="segmented"
      role="radiogroup"
      aria-label={label}
      onKeyDown={(event) => {
        const by = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 }[event.key];
        if (by === undefined) return;
        event.preventDefault();
        choose(by);
      }}
    >
      {options.map((option, index) => (
        <Segment
          key={option.value}
          option={option}
          chosen={option.value === value}
          // Where none is chosen the first is the one that Tab reaches.
          reachable={isChosen ? option.value === value : index === 0}
          onChoose={onChange}
        />
      ))}
    </div>
  );
}

function Segment<T extends string>({
  option,
  chosen,
  reachable,
  onChoose,
}: {
  option: SegmentedOption<T>;
  chosen: boolean;
  reachable: boolean;
  onChoose: (value: T) => void;
}) {
  const { chord = '' } = option;
  return (
    // biome-ignore lint/a11y/useSemanticElements: a button keeps the focus ring and keys of the other controls
    <button
      type="button"
      role="radio"
      aria-checked={chosen}
      tabIndex={reachable ? 0 : -1}
      disabled={option.disabled}
      data-value={option.value}
      {...(chord === '' ? {} : tip(option.label, chord))}
      onClick={() => onChoose(option.value)}
    >
      {option.label}
    </button>
  );
}
