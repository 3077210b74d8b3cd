import { type ReactNode, useState } from 'react';
import { Checkbox, TextField } from '../../ui/Field.tsx';

export interface Choice {
  value: string | number;
  label: string;
  count?: number | undefined;
  mark?: ReactNode;
  group?: string;
}

/** From this many on the list can be searched. */
const LONG = 12;
/** Drawn at most: what is beyond is found by typing. */
const DRAWN = 200;

/** Values to tick, with what each would leave; chosen ones first stay where they are. */
export function ChoiceList({
  choices,
  chosen,
  onChange,
}: {
  choices: readonly Choice[];
  chosen: readonly (string | number)[];
  onChange: (values: (string | number)[]) => void;
}) {
  const [search, setSearch] = useState('');
  const wanted = search.trim().toLowerCase();
  const known = new Set(choices.map((choice) => choice.value));
  const lost = chosen
    .filter((value) => !known.has(value))
    .map((value): Choice => ({ value, label: String(value), count: 0 }));
  const found = [...choices, ...lost].filter((choice) => choice.label.toLowerCase().includes(wanted));
  const groups = Map.groupBy(found.slice(0, DRAWN), (choice) => choice.group ?? '');
  const set = (value: string | number, on: boolean) =>
    onChange(on ? [...chosen, value] : chosen.filter((one) => one !== value));
  return (
    <>
      {choices.length > LONG && (
        <TextField label="Find a value" placeholder="Find" icon="search" value={search} onChange={setSearch} />
      )}
      {found.length === 0 && (
        <p className="filter-note">{wanted === '' ? 'Nothing to choose from here.' : 'No match.'}</p>
      )}
      {[...groups].map(([group, list]) => (
        <div key={group} className="choice-group">
          {group !== '' && <h3 className="section-head">{group}</h3>}
          {list.map((choice) => (
            <Checkbox
              key={choice.value}
              checked={chosen.includes(choice.value)}
              count={choice.count}
              mark={choice.mark}
              onChange={(on) => set(choice.value, on)}
            >
              {choice.label}
            </Checkbox>
          ))}
        </div>
      ))}
      {found.length > DRAWN && (
        <p className="filter-note">{(found.length - DRAWN).toLocaleString('en')} more: type to find them.</p>
      )}
    </>
  );
}
