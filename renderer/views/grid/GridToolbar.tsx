import { useState } from 'react';
import { useStore } from 'zustand';
import {
  firstSort,
  GROUP_KEYS,
  GROUPS,
  SORT_KEYS,
  SORTS,
  sortRow,
  sortTitle,
  sortWithout,
} from '../../../shared/sorts.ts';
import { ActionButton, actionItem } from '../../app/ActionButton.tsx';
import { chipsOf } from '../../panels/filter/filterWords.ts';
import { OfferDialog, useIsOffered } from '../../panels/models/Offer.tsx';
import { useGradeTitle, usePlaces, useSettings, useView } from '../../store/hooks.ts';
import { sourceTitle } from '../../store/places.ts';
import { changeSettings, library, setFilter, setGroup, setSort, type settings, showView } from '../../store/stores.ts';
import { Icon } from '../../ui/Icon.tsx';
import { MenuButton, type MenuItem } from '../../ui/Menu.tsx';
import { tip } from '../../ui/Tooltip.tsx';
import { StackOptions } from './StackOptions.tsx';

/** Where one is, and how much is there. */
export function GridTitle() {
  const source = useStore(library, (state) => state.query.source);
  const total = useStore(library, (state) => state.order.expected);
  const folders = usePlaces((places) => places.folders);
  const albums = usePlaces((places) => places.albums);
  return (
    <div className="toolbar-place">
      <h1 className="toolbar-title cut">{sourceTitle(source, { folders, albums })}</h1>
      <span className="place-total">{total.toLocaleString('en')}</span>
    </div>
  );
}

/** What narrows the grid, and in what order it stands. */
export function GridTools() {
  const filterBar = useView((state) => state.filterBar);
  return (
    <>
      <SortAgain />
      <FilterChips />
      <ActionButton action="panels.filter" showChord aria-pressed={filterBar} />
      <SortMenu />
      <StackOptions />
      <OptionsMenu />
    </>
  );
}

/** While photos are found and graded those on screen keep their places; this sorts them in. */
function SortAgain() {
  const held = useStore(library, (state) => state.held !== null);
  if (!held) return null;
  return <ActionButton action="grid.sortAgain" tone="accent" />;
}

/** What narrows the view; each chip can be taken away. */
function FilterChips() {
  const filter = useStore(library, (state) => state.query.filter);
  const folders = usePlaces((places) => places.folders);
  const gradeTitle = useGradeTitle();
  const chips = chipsOf(filter, folders, gradeTitle);
  if (chips.length === 0) return null;
  return (
    <ul className="filter-chips" aria-label="Active filters">
      {chips.map((chip) => (
        <li key={chip.name}>
          <button
            type="button"
            className="button raised filter-chip"
            aria-label={`Remove filter ${chip.text}`}
            {...tip('Remove this filter')}
            onClick={() => setFilter(chip.removal)}
          >
            <span className="cut">{chip.text}</span>
            <Icon name="close" size={12} />
          </button>
        </li>
      ))}
    </ul>
  );
}

function SortMenu() {
  const asked = useStore(library, (state) => state.query.sort);
  const hasGrader = useSettings((now) => now.models.active !== null);
  const isOffered = useIsOffered();
  const [isAsking, setAsking] = useState(false);
  const sort = hasGrader ? asked : { ...asked, key: sortWithout(asked.key) };
  const group = useStore(library, (state) => state.query.group);
  const inAlbum = useStore(library, (state) => state.query.source.kind === 'album');
  const items = (): MenuItem[] => [
    ...SORT_KEYS.filter((key) => sortRow(key).needs !== 'album' || inAlbum).map(
      (key): MenuItem =>
        sortRow(key).needs === 'grader' && !hasGrader
          ? {
              label: `${SORTS[key].label}: needs a model…`,
              checked: false,
              onChoose: () => (isOffered ? setAsking(true) : showView('models')),
            }
          : {
              label: SORTS[key].label,
              checked: sort.key === key,
              onChoose: () => setSort(key === sort.key ? sort : firstSort(key)),
            },
    ),
    { kind: 'line' },
    ...(['asc', 'desc'] as const).map(
      (order): MenuItem => ({
        label: capital(SORTS[sort.key][order]),
        checked: sort.order === order,
        onChoose: () => setSort({ key: sort.key, order }),
      }),
    ),
    { kind: 'line' },
    { kind: 'head', label: 'Headers' },
    ...GROUP_KEYS.map(
      (name): MenuItem => ({
        label: GROUPS[name].label,
        checked: group === name,
        onChoose: () => setGroup(name),
      }),
    ),
  ];
  return (
    <>
      <MenuButton label={`Sort: ${sortTitle(sort)}`} items={items} align="end" tooltip={tip('Sort and headers')}>
        <span className="cut">{sortTitle(sort)}</span>
        <Icon name="down" size={12} />
      </MenuButton>
      {isAsking && <OfferDialog what="Sorting by aesthetics" onClose={() => setAsking(false)} />}
    </>
  );
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

/** How the grid is laid out: rows or squares, chips, stacks. */
function OptionsMenu() {
  const layout = useSettings((now) => now.grid.layout);
  const badges = useSettings((now) => now.grid.badges);
  const names = useSettings((now) => now.grid.names);
  const stacks = useStore(library, (state) => state.query.stacks);
  const change = (grid: Partial<ReturnType<typeof settings.getState>['grid']>) =>
    changeSettings((now) => ({ ...now, grid: { ...now.grid, ...grid } }));
  const items = (): MenuItem[] => [
    { label: 'Justified rows', checked: layout === 'justified', onChoose: () => change({ layout: 'justified' }) },
    { label: 'Squares', checked: layout === 'square', onChoose: () => change({ layout: 'square' }) },
    { kind: 'line' },
    { label: 'Marks and grades on photos', checked: badges, onChoose: () => change({ badges: !badges }) },
    { label: 'File names and shooting data', checked: names, onChoose: () => change({ names: !names }) },
    actionItem('stacks.toggleAll', { checked: stacks === 'collapsed' }),
    { kind: 'line' },
    actionItem('move.toDate'),
    { kind: 'line' },
    actionItem('files.export'),
    actionItem('view.report'),
    actionItem('files.trashRejected'),
    { kind: 'line' },
    actionItem('grid.larger'),
    actionItem('grid.smaller'),
  ];
  return (
    <MenuButton label="Grid options" items={items} align="end" tone="plain" tooltip={tip('Grid options')}>
      <Icon name={layout === 'square' ? 'square' : 'justified'} />
    </MenuButton>
  );
}
