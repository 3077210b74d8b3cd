import { useState } from 'react';
import { photosText } from '../../../shared/photo.ts';
import type { Filter } from '../../../shared/query.ts';
import { Button } from '../../ui/Button.tsx';
import { Checkbox, Slider, TextField } from '../../ui/Field.tsx';

interface Range {
  min?: number | undefined;
  max?: number | undefined;
}

/** Two ends of a number: over a whole scale, or over the stops that the library has. */
export function RangeFilter({
  label,
  max = 0,
  step = 1,
  stops,
  counts,
  value,
  onChange,
}: {
  label: string;
  max?: number;
  step?: number;
  stops?: readonly number[] | undefined;
  counts?: readonly { value: number; count: number }[] | undefined;
  value: Range | undefined;
  onChange: (range: Range | undefined) => void;
}) {
  const scale = stops === undefined ? null : [...stops].sort((a, b) => a - b);
  const top = scale === null ? max : Math.max(1, scale.length - 1);
  const toPlace = (number: number | undefined, end: number): number => {
    if (number === undefined) return end;
    if (scale === null) return number;
    const at = scale.findIndex((stop) => stop >= number);
    return at < 0 ? top : at;
  };
  const toNumber = (place: number): number => (scale === null ? place : (scale[place] ?? 0));
  const [draft, setDraft] = useState<{ low: number; high: number } | null>(null);
  const low = draft?.low ?? toPlace(value?.min, 0);
  const high = draft?.high ?? toPlace(value?.max, top);
  const commit = (next: { low: number; high: number }) => {
    setDraft(null);
    const min = next.low <= 0 ? undefined : toNumber(next.low);
    const maximum = next.high >= top ? undefined : toNumber(next.high);
    onChange(min === undefined && maximum === undefined ? undefined : { min, max: maximum });
  };
  if (scale !== null && scale.length < 2) return <p className="filter-note">Nothing to choose from here.</p>;
  const within = counts?.filter((one) => one.value >= toNumber(low) && one.value <= toNumber(high));
  return (
    <div className="range-filter">
      <div>
        <span>From {toNumber(low)}</span>
        <span>to {toNumber(high)}</span>
      </div>
      <Slider
        label={`Lowest ${label}`}
        min={0}
        max={top}
        step={scale === null ? step : 1}
        value={low}
        text={String(toNumber(low))}
        onChange={(place) => setDraft({ low: Math.min(place, high), high })}
        onCommit={(place) => commit({ low: Math.min(place, high), high })}
      />
      <Slider
        label={`Highest ${label}`}
        min={0}
        max={top}
        step={scale === null ? step : 1}
        value={high}
        text={String(toNumber(high))}
        onChange={(place) => setDraft({ low, high: Math.max(place, low) })}
        onCommit={(place) => commit({ low, high: Math.max(place, low) })}
      />
      {within !== undefined && (
        <p className="filter-note">{photosText(within.reduce((sum, one) => sum + one.count, 0))}</p>
      )}
    </div>
  );
}

/** Stars as people filter: this many or more, or none. */
export function StarsFilter({
  value,
  counts,
  onChange,
}: {
  value: Range | undefined;
  counts: readonly { value: number; count: number }[] | undefined;
  onChange: (range: Range | undefined) => void;
}) {
  const countOf = (test: (stars: number) => boolean) =>
    counts?.filter((one) => test(one.value)).reduce((sum, one) => sum + one.count, 0);
  const isNone = value?.min === undefined && value?.max === 0;
  return (
    <>
      {[5, 4, 3, 2, 1].map((stars) => (
        <Checkbox
          key={stars}
          checked={value?.min === stars && value.max === undefined}
          count={countOf((have) => have >= stars)}
          onChange={(on) => onChange(on ? { min: stars } : undefined)}
        >
          {stars === 5 ? '5 stars' : `${stars} or more`}
        </Checkbox>
      ))}
      <Checkbox
        checked={isNone}
        count={countOf((have) => have === 0)}
        onChange={(on) => onChange(on ? { max: 0 } : undefined)}
      >
        No stars
      </Checkbox>
    </>
  );
}

/** Days, by hand or by the months that the library has. */
export function DateFilter({
  value,
  days,
  onChange,
}: {
  value: Filter['date'];
  days: readonly { value: string; count: number }[] | undefined;
  onChange: (date: Filter['date']) => void;
}) {
  const months = new Map<string, { count: number; first: string; last: string }>();
  for (const { value: day, count } of days ?? []) {
    const month = day.slice(0, 7);
    const before = months.get(month);
    months.set(month, {
      count: (before?.count ?? 0) + count,
      first: before === undefined || day < before.first ? day : before.first,
      last: before === undefined || day > before.last ? day : before.last,
    });
  }
  const set = (from: string | undefined, to: string | undefined) =>
    onChange(from === undefined && to === undefined ? undefined : { from, to });
  const given = (text: string) => (/^\d{4}-\d{2}-\d{2}$/.test(text) ? text : undefined);
  return (
    <div className="date-filter">
      <TextField
        label="From"
        showLabel
        type="date"
        value={value?.from ?? ''}
        onChange={(text) => set(given(text), value?.to)}
      />
      <TextField
        label="To"
        showLabel
        type="date"
        value={value?.to ?? ''}
        onChange={(text) => set(value?.from, given(text))}
      />
      {value !== undefined && <Button onClick={() => onChange(undefined)}>Any date</Button>}
      <div className="choice-group">
        {[...months]
          .sort(([a], [b]) => (a < b ? 1 : -1))
          .slice(0, 240)
          .map(([month, { count, first, last }]) => (
            <Checkbox
              key={month}
              checked={value?.from === first && value.to === last}
              count={count}
              onChange={(on) => (on ? set(first, last) : onChange(undefined))}
            >
              {monthName(month)}
            </Checkbox>
          ))}
      </div>
    </div>
  );
}

function monthName(month: string): string {
  const date = new Date(`${month}-01T00:00:00Z`);
  return date.toLocaleDateString('en', { month: 'long', year: 'numeric', timeZone: 'UTC' });
}
