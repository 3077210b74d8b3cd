/** The sidebar: search, and every place of the library with its count. */
import './sidebar.css';
import { useEffect, useRef, useState } from 'react';
import { useStore } from 'zustand';
import type { Source } from '../../../shared/query.ts';
import { Edge } from '../../app/Edge.tsx';
import { openSource } from '../../app/openSource.ts';
import { focusPhotos } from '../../app/regions.ts';
import { useChord, usePlaces, useView } from '../../store/hooks.ts';
import { library, setFilter, setPanels, showView, viewState } from '../../store/stores.ts';
import { NARROW } from '../../store/view.ts';
import { Button } from '../../ui/Button.tsx';
import { TextField } from '../../ui/Field.tsx';
import type { IconName } from '../../ui/Icon.tsx';
import { Kbd } from '../../ui/Kbd.tsx';
import { Albums } from './Albums.tsx';
import { Folders } from './Folders.tsx';
import { Group } from './Group.tsx';
import { PlaceRow } from './PlaceRow.tsx';

/** Milliseconds after the last letter before the search is asked. */
const TYPING = 110;

export function Sidebar() {
  const nav = useRef<HTMLElement>(null);
  const width = useView((state) => state.sidebarWidth);
  useEffect(() => {
    // Over the photos (narrow window) a press beside the sidebar closes it.
    const press = (event: PointerEvent) => {
      if (window.innerWidth >= NARROW || !(event.target instanceof Element)) return;
      if (event.target.closest('.sidebar, .toolbar, .popover, dialog') === null) setPanels({ sidebar: false });
    };
    document.addEventListener('pointerdown', press);
    return () => document.removeEventListener('pointerdown', press);
  }, []);
  return (
    <nav
      ref={nav}
      className="sidebar"
      data-region="sidebar"
      aria-label="Library"
      onKeyDown={(event) => {
        if (event.key === 'ArrowDown' || event.key === 'ArrowUp') {
          if (walk(nav.current, event.key === 'ArrowDown' ? 1 : -1)) event.preventDefault();
        } else if (event.key === 'Escape' && !event.defaultPrevented) {
          event.preventDefault();
          if (window.innerWidth < NARROW) setPanels({ sidebar: false });
          focusPhotos();
        }
      }}
    >
      <div className="sidebar-scroll">
        <Search />
        <Group title="Library">
          <FixedPlaces />
        </Group>
        <Folders />
        <Albums kind="album" />
        <Albums kind="smart" />
      </div>
      <Edge
        side="left"
        label="Width of the sidebar"
        value={width}
        min={176}
        max={400}
        onChange={(sidebarWidth) => setPanels({ sidebarWidth })}
      />
    </nav>
  );
}

/** Moves the keyboard to the next row of the sidebar. @returns whether there was one */
function walk(nav: HTMLElement | null, by: 1 | -1): boolean {
  const rows = [...(nav?.querySelectorAll<HTMLElement>('[data-row]') ?? [])];
  const at = rows.findIndex((row) => row.contains(document.activeElement));
  const next = at < 0 ? undefined : rows[at + by];
  next?.querySelector<HTMLElement>('.place-open')?.focus();
  return next !== undefined;
}

function Search() {
  const chord = useChord('app.find');
  const asked = useStore(library, (state) => state.query.filter.text ?? '');
  const [text, setText] = useState(asked);
  const timer = useRef<ReturnType<typeof setTimeout> | undefined>(undefined);

  // A filter that is removed elsewhere empties the field, too.
  const lastAsked = useRef(asked);
  useEffect(() => {
    if (lastAsked.current !== asked && text.trim() !== asked) setText(asked);
    lastAsked.current = asked;
  }, [asked, text]);

  const ask = (value: string, now = false) => {
    setText(value);
    clearTimeout(timer.current);
    const send = () => {
      lastAsked.current = value.trim();
      if (viewState.getState().view !== 'grid') showView('grid');
      setFilter({ text: value.trim() });
    };
    if (now) send();
    else timer.current = setTimeout(send, TYPING);
  };

  return (
    <search className="search">
      <TextField
        data-search
        label="Search all photos by name, folder, keyword or critique"
        placeholder="Search"
        icon="search"
        type="search"
        value={text}
        maxLength={500}
        onChange={(value) => ask(value)}
        onKeyDown={(event) => {
          if (event.key === 'Escape') {
            event.preventDefault();
            event.stopPropagation();
            if (text !== '') ask('', true);
            else focusPhotos();
          } else if (event.key === 'Enter' || event.key === 'ArrowDown') {
            event.preventDefault();
            event.stopPropagation();
            ask(text, true);
            focusPhotos();
          }
        }}
        trailing={
          text === '' ? (
            <Kbd>{chord}</Kbd>
          ) : (
            <Button icon="close" label="Clear the search" onClick={() => ask('', true)} />
          )
        }
      />
    </search>
  );
}

const FIXED: readonly {
  source: Source;
  label: string;
  icon: IconName;
  count: 'all' | 'best' | 'recent' | 'rejected' | 'problems';
}[] = [
  { source: { kind: 'all' }, label: 'All photos', icon: 'photos', count: 'all' },
  { source: { kind: 'best', of: 'month' }, label: 'Best of', icon: 'star', count: 'best' },
  { source: { kind: 'recent' }, label: 'Recently added', icon: 'clock', count: 'recent' },
  { source: { kind: 'rejected' }, label: 'Rejected', icon: 'rejected', count: 'rejected' },
  { source: { kind: 'problems' }, label: 'Problems', icon: 'warning', count: 'problems' },
];

function FixedPlaces() {
  const source = useStore(library, (state) => state.query.source);
  const counts = usePlaces((places) => places.counts);
  const shown = useView((state) => state.view);
  const isPlace = shown !== 'settings' && shown !== 'models';
  return (
    <ul>
      {FIXED.map((place) => {
        const current = isPlace && source.kind === place.source.kind;
        return (
          <li key={place.label}>
            <PlaceRow
              label={place.label}
              icon={place.icon}
              count={counts?.[place.count] ?? null}
              current={current}
              onOpen={() => openSource(place.source)}
            />
            {current && source.kind === 'best' && <BestOf of={source.of} />}
          </li>
        );
      })}
    </ul>
  );
}

/** What the best are chosen from. */
function BestOf({ of }: { of: 'month' | 'folder' }) {
  return (
    <ul>
      <li>
        <PlaceRow
          label="Each month"
          depth={1}
          count={null}
          current={of === 'month'}
          onOpen={() => openSource({ kind: 'best', of: 'month' })}
        />
      </li>
      <li>
        <PlaceRow
          label="Each folder"
          depth={1}
          count={null}
          current={of === 'folder'}
          onOpen={() => openSource({ kind: 'best', of: 'folder' })}
        />
      </li>
    </ul>
  );
}
