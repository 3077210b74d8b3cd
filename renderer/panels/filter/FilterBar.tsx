/** The filter bar: one button for each key of the filter, each with live counts of what it would leave. */
import './filter.css';
import { type ReactNode, useState } from 'react';
import { useStore } from 'zustand';
import type { Facets } from '../../../shared/contract.ts';
import { LEVELS } from '../../../shared/grade.ts';
import { COLOR_LABELS, FLAG_LABELS, KIND_LABELS, LEVEL_LABELS, STATE_LABELS } from '../../../shared/labels.ts';
import { COLORS, FLAGS, KINDS, PHOTO_STATES } from '../../../shared/photo.ts';
import type { Filter } from '../../../shared/query.ts';
import { reasonFacts } from '../../../shared/reasons.ts';
import { openSource } from '../../app/openSource.ts';
import { useFacets, useGradeTitle, usePlaces } from '../../store/hooks.ts';
import { shortName } from '../../store/places.ts';
import { clearFilter, createAlbum, library, notify, setAlbumFilter, setFilter } from '../../store/stores.ts';
import { Button } from '../../ui/Button.tsx';
import { Checkbox } from '../../ui/Field.tsx';
import { Icon } from '../../ui/Icon.tsx';
import { NameDialog } from '../../ui/NameDialog.tsx';
import { Popover } from '../../ui/Popover.tsx';
import { type Choice, ChoiceList } from './ChoiceList.tsx';
import { chipsOf } from './filterWords.ts';
import { DateFilter, RangeFilter, StarsFilter } from './RangeFilter.tsx';

export function FilterBar() {
  const filter = useStore(library, (state) => state.query.filter);
  const source = useStore(library, (state) => state.query.source);
  const folders = usePlaces((places) => places.folders);
  const albums = usePlaces((places) => places.albums);
  const facets = useFacets();
  const gradeTitle = useGradeTitle();
  const [naming, setNaming] = useState(false);
  const isNarrowed = chipsOf(filter, folders).length > 0;
  const smart =
    source.kind === 'album' ? albums.find((album) => album.id === source.id && album.kind === 'smart') : undefined;

  return (
    <section className="filter-bar" aria-label="Filter bar">
      <Part name="grade" label={gradeTitle} filter={filter}>
        <RangeFilter
          label={gradeTitle}
          max={100}
          step={5}
          value={filter.grade}
          onChange={(grade) => setFilter({ grade })}
        />
      </Part>
      <Part name="levels" label="Level" filter={filter}>
        <Choices name="levels" filter={filter} choices={choices(LEVELS, facets?.levels, LEVEL_LABELS)} />
        {facets !== null && facets.ungraded > 0 && (
          <p className="filter-note">{facets.ungraded.toLocaleString('en')} not graded yet</p>
        )}
      </Part>
      <Part name="flags" label="Flag" filter={filter}>
        <Choices name="flags" filter={filter} choices={choices(FLAGS, facets?.flags, FLAG_LABELS)} />
      </Part>
      <Part name="stars" label="Stars" filter={filter}>
        <StarsFilter value={filter.stars} counts={facets?.stars} onChange={(stars) => setFilter({ stars })} />
      </Part>
      <Part name="colors" label="Color" filter={filter}>
        <Choices
          name="colors"
          filter={filter}
          choices={choices(COLORS, facets?.colors, COLOR_LABELS).map((choice) => ({
            ...choice,
            mark: <span className={`dot ${choice.value}`} />,
          }))}
        />
      </Part>
      <Part name="date" label="Date" filter={filter}>
        <DateFilter value={filter.date} days={facets?.days} onChange={(date) => setFilter({ date })} />
      </Part>
      <Part name="cameras" label="Camera" filter={filter}>
        <Choices name="cameras" filter={filter} choices={named(facets?.cameras, 'Unknown camera')} />
      </Part>
      <Part name="lenses" label="Lens" filter={filter}>
        <Choices name="lenses" filter={filter} choices={named(facets?.lenses, 'Unknown lens')} />
      </Part>
      <Part name="iso" label="ISO" filter={filter}>
        <RangeFilter
          label="ISO"
          stops={facets?.isos.map(({ value }) => value)}
          counts={facets?.isos}
          value={filter.iso}
          onChange={(iso) => setFilter({ iso })}
        />
      </Part>
      <Part name="focus" label="Focus" filter={filter}>
        <RangeFilter label="Focus" max={100} step={5} value={filter.focus} onChange={(focus) => setFilter({ focus })} />
      </Part>
      <Part name="subjectFocus" label="Subject focus" filter={filter}>
        <RangeFilter
          label="Subject focus"
          max={100}
          step={5}
          value={filter.subjectFocus}
          onChange={(subjectFocus) => setFilter({ subjectFocus })}
        />
      </Part>
      <Part name="kinds" label="Kind" filter={filter}>
        <Choices
          name="kinds"
          filter={filter}
          choices={present(choices(KINDS, facets?.kinds, KIND_LABELS), filter.kinds)}
        />
      </Part>
      <Part name="folders" label="Folder" filter={filter}>
        <Choices
          name="folders"
          filter={filter}
          choices={(facets?.folders ?? []).map(({ value, count }) => ({
            value,
            count,
            label: folders.find((folder) => folder.id === value)?.name ?? 'Folder',
          }))}
        />
      </Part>
      <Part name="gps" label="GPS" filter={filter}>
        <Checkbox
          checked={filter.gps === true}
          count={facets?.gps}
          onChange={(on) => setFilter({ gps: on ? true : undefined })}
        >
          Knows where it was taken
        </Checkbox>
        <Checkbox
          checked={filter.gps === false}
          count={facets === null ? undefined : Math.max(0, facets.total - facets.gps)}
          onChange={(on) => setFilter({ gps: on ? false : undefined })}
        >
          Does not know
        </Checkbox>
      </Part>
      <Part name="faces" label="Faces" filter={filter}>
        <Checkbox
          checked={filter.faces?.min === 1 && filter.faces.max === undefined}
          count={facets?.faces.reduce((sum, { value, count }) => sum + (value > 0 ? count : 0), 0)}
          onChange={(on) => setFilter({ faces: on ? { min: 1 } : undefined })}
        >
          With faces
        </Checkbox>
        <Checkbox
          checked={filter.faces?.max === 0}
          count={facets?.faces.find(({ value }) => value === 0)?.count ?? 0}
          onChange={(on) => setFilter({ faces: on ? { max: 0 } : undefined })}
        >
          No face found
        </Checkbox>
        <RangeFilter
          label="Faces"
          stops={facets?.faces.map(({ value }) => value)}
          counts={facets?.faces}
          value={filter.faces}
          onChange={(faces) => setFilter({ faces })}
        />
      </Part>
      <Part name="reasons" label="Reason" filter={filter}>
        <Choices name="reasons" filter={filter} choices={reasonChoices(facets)} />
      </Part>
      <Part name="keywords" label="Keyword" filter={filter}>
        <Choices name="keywords" filter={filter} choices={named(facets?.keywords, 'None')} />
      </Part>
      <Part name="states" label="State" filter={filter}>
        <Choices
          name="states"
          filter={filter}
          choices={present(choices(PHOTO_STATES, facets?.states, STATE_LABELS), filter.states)}
        />
      </Part>
      <span className="filter-end">
        {smart !== undefined && isNarrowed && (
          <Button onClick={() => void setAlbumFilter(smart.id, { ...smart.filter, ...filter }).then(clearFilter)}>
            Narrow the album to this
          </Button>
        )}
        {isNarrowed && (
          <>
            <Button icon="smart" onClick={() => setNaming(true)}>
              Save
            </Button>
            <Button onClick={clearFilter}>Clear</Button>
          </>
        )}
      </span>
      {naming && (
        <NameDialog
          title="Save as a smart album"
          verb="Save"
          initial={chipsOf(filter, folders, gradeTitle)
            .map((chip) => chip.text)
            .join(', ')}
          onClose={() => setNaming(false)}
          onName={(name) => void saveFilter(name, smart?.filter ? { ...smart.filter, ...filter } : filter)}
        >
          It shows all photos that match, now and later.
        </NameDialog>
      )}
    </section>
  );
}

/** Keeps a filter as a smart album: the sidebar's list of them may be out of sight, so it is said. */
async function saveFilter(name: string, filter: Filter): Promise<void> {
  const album = await createAlbum(name, [], filter);
  if (album === null) return;
  notify(`${shortName(name)} saved as a smart album`, {
    label: 'Show it',
    run: () => openSource({ kind: 'album', id: album.id }),
  });
}

/** A button that opens one part of the filter. */
function Part({
  name,
  label,
  filter,
  children,
}: {
  name: keyof Filter;
  label: string;
  filter: Filter;
  children: ReactNode;
}) {
  const [open, setOpen] = useState<{ element: Element } | null>(null);
  const active = filter[name] !== undefined;
  return (
    <>
      <button
        type="button"
        className="button plain filter-part"
        data-active={active || undefined}
        aria-haspopup="dialog"
        aria-expanded={open !== null}
        aria-label={active ? `${label}, active` : label}
        onClick={(event) => setOpen(open === null ? { element: event.currentTarget } : null)}
      >
        {label}
        <Icon name="down" size={12} />
      </button>
      {open !== null && (
        <Popover
          place={open}
          label={`Filter by ${label.toLowerCase()}`}
          onClose={() => setOpen(null)}
          className="filter-popover"
        >
          {children}
        </Popover>
      )}
    </>
  );
}

type ListKey =
  | 'levels'
  | 'flags'
  | 'colors'
  | 'cameras'
  | 'lenses'
  | 'kinds'
  | 'folders'
  | 'reasons'
  | 'states'
  | 'keywords';

function Choices<K extends ListKey>({
  name,
  filter,
  choices: list,
}: {
  name: K;
  filter: Filter;
  choices: readonly Choice[];
}) {
  const chosen: readonly (string | number)[] = filter[name] ?? [];
  return (
    <ChoiceList
      choices={list}
      chosen={chosen}
      onChange={(values) => setFilter({ [name]: values } as Partial<Filter>)}
    />
  );
}

function choices<T extends string>(
  values: readonly T[],
  counts: readonly { value: T; count: number }[] | undefined,
  words: Readonly<Record<T, string>>,
): Choice[] {
  return values.map((value) => ({
    value,
    label: words[value],
    count: counts?.find((one) => one.value === value)?.count ?? (counts === undefined ? undefined : 0),
  }));
}

/** Only what occurs, or is chosen: a list of kinds that the library has not is noise. */
function present(list: Choice[], chosen: readonly string[] | undefined): Choice[] {
  return list.filter(({ value, count }) => count !== 0 || chosen?.includes(String(value)) === true);
}

function named(counts: readonly { value: string; count: number }[] | undefined, unknown: string): Choice[] {
  return (counts ?? []).map(({ value, count }) => ({ value, count, label: value === '' ? unknown : value }));
}

const REASON_GROUPS = { fault: 'Faults', merit: 'Merits', note: 'Described', warning: 'Warnings' } as const;

function reasonChoices(facets: Facets | null): Choice[] {
  return (facets?.reasons ?? []).map(({ value, count }) => ({
    value,
    count,
    label: reasonFacts(value).label,
    group: REASON_GROUPS[reasonFacts(value).kind],
  }));
}
