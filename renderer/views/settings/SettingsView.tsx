/** Settings: one page of plain rows, saved as they are changed. */
import './settings.css';
import { type ReactNode, useEffect, useState } from 'react';
import { bytesText } from '../../../shared/bytes.ts';
import type { FolderNode } from '../../../shared/contract.ts';
import { ActionButton } from '../../app/ActionButton.tsx';
import { RemoveRoot } from '../../panels/folders/RemoveRoot.tsx';
import { useApp, usePlaces, useSettings } from '../../store/hooks.ts';
import { changeSettings, readDataSize, rescan } from '../../store/stores.ts';
import { Button } from '../../ui/Button.tsx';
import { Checkbox, TextField } from '../../ui/Field.tsx';
import { Icon } from '../../ui/Icon.tsx';
import { Segmented } from '../../ui/Segmented.tsx';
import { Keys } from './Keys.tsx';
import { SidecarRows } from './SidecarRows.tsx';
import { Taste } from './Taste.tsx';

export function SettingsView() {
  return (
    <div className="settings">
      <Appearance />
      <FoldersPart />
      <Marks />
      <Person />
      <Taste />
      <Faces />
      <SidecarsPart />
      <Performance />
      <Data />
      <Part title="Keys">
        <Keys />
      </Part>
    </div>
  );
}

function Part({ title, children }: { title: string; children: ReactNode }) {
  return (
    <section className="settings-part" aria-label={`${title} settings`}>
      <h2>{title}</h2>
      <div>{children}</div>
    </section>
  );
}

function Row({ label, note, children }: { label: string; note?: ReactNode; children: ReactNode }) {
  return (
    <div className="settings-row">
      <div>
        <span>{label}</span>
        {note !== undefined && <p className="meta">{note}</p>}
      </div>
      {children}
    </div>
  );
}

function Person() {
  const name = useSettings((settings) => settings.person.name);
  return (
    <Part title="You">
      <Row label="Name" note="Stands beside the views that you give of photos.">
        <TextField
          label="Your name"
          value={name}
          maxLength={100}
          onChange={(value) => changeSettings((settings) => ({ ...settings, person: { name: value } }))}
        />
      </Row>
    </Part>
  );
}

function Appearance() {
  const theme = useSettings((settings) => settings.theme);
  const layout = useSettings((settings) => settings.grid.layout);
  return (
    <Part title="Appearance">
      <Row label="Theme">
        <Segmented
          label="Theme"
          value={theme}
          options={[
            { value: 'dark', label: 'Dark' },
            { value: 'light', label: 'Light' },
            { value: 'system', label: 'System' },
          ]}
          onChange={(value) => changeSettings((settings) => ({ ...settings, theme: value }))}
        />
      </Row>
      <Row label="Grid">
        <Segmented
          label="Layout of the grid"
          value={layout}
          options={[
            { value: 'justified', label: 'Justified rows' },
            { value: 'square', label: 'Squares' },
          ]}
          onChange={(value) =>
            changeSettings((settings) => ({ ...settings, grid: { ...settings.grid, layout: value } }))
          }
        />
      </Row>
    </Part>
  );
}

function FoldersPart() {
  const roots = usePlaces((places) => places.folders).filter((folder) => folder.rootId !== null);
  return (
    <Part title="Folders">
      {roots.length === 0 && (
        <p className="meta">No folder yet. Photos stay where they are; Keeplight only reads them.</p>
      )}
      <ul className="settings-folders">
        {roots.map((root) => (
          <RootRow key={root.id} root={root} />
        ))}
      </ul>
      <div className="settings-buttons">
        <ActionButton action="app.addFolder" tone="raised" />
        {roots.length > 0 && (
          <Button tone="raised" icon="refresh" onClick={() => void rescan(null, 'Looking for changes in all folders')}>
            Look for changes in all
          </Button>
        )}
      </div>
    </Part>
  );
}

function RootRow({ root }: { root: FolderNode }) {
  const [removing, setRemoving] = useState(false);
  const offline = root.state === 'offline';
  return (
    <li>
      <Icon name={offline ? 'offline' : 'folder'} />
      <span className="cut">{root.name}</span>
      <span className="meta">
        {root.count.toLocaleString('en')} {root.count === 1 ? 'photo' : 'photos'}
        {offline && ', not connected now'}
      </span>
      <Button
        icon="refresh"
        label={`Look for changes in ${root.name}`}
        onClick={() => {
          if (root.rootId !== null) void rescan(root.rootId, `Looking for changes in ${root.name}`);
        }}
      />
      <Button icon="trash" label={`Remove ${root.name} from the library`} onClick={() => setRemoving(true)} />
      {removing && <RemoveRoot root={root} onClose={() => setRemoving(false)} />}
    </li>
  );
}

function Marks() {
  const autoAdvance = useSettings((settings) => settings.autoAdvance);
  return (
    <Part title="Marks">
      <Checkbox
        checked={autoAdvance}
        onChange={(on) => changeSettings((settings) => ({ ...settings, autoAdvance: on }))}
      >
        Go on to the next photo after every mark
      </Checkbox>
    </Part>
  );
}

function Faces() {
  const isOn = useSettings((settings) => settings.faces);
  return (
    <Part title="Faces">
      <Checkbox checked={isOn} onChange={(on) => changeSettings((settings) => ({ ...settings, faces: on }))}>
        Look for faces, and whether their eyes are open and sharp
      </Checkbox>
      <p className="meta">
        Nobody is recognized, and nothing leaves this computer. Switching it off deletes what was found.
      </p>
    </Part>
  );
}

function SidecarsPart() {
  return (
    <Part title="Sidecars">
      <SidecarRows />
    </Part>
  );
}

function Performance() {
  const workers = useSettings((settings) => settings.performance.workers);
  return (
    <Part title="Performance">
      <Row label="Threads for indexing" note="0 uses every core of this computer.">
        <NumberField
          label="Threads for indexing"
          value={workers}
          min={0}
          max={64}
          onChange={(value) =>
            changeSettings((settings) => ({ ...settings, performance: { ...settings.performance, workers: value } }))
          }
        />
      </Row>
      <Row label="Who judges" note="The model, and what it may use: graphics card, threads, memory, background.">
        <ActionButton action="view.models" tone="raised" icon={undefined} />
      </Row>
    </Part>
  );
}

/** A whole number that is saved when it is left or agreed to with Enter. */
function NumberField({
  label,
  value,
  min,
  max,
  onChange,
}: {
  label: string;
  value: number;
  min: number;
  max: number;
  onChange: (value: number) => void;
}) {
  const [text, setText] = useState(String(value));
  useEffect(() => setText(String(value)), [value]);
  const commit = () => {
    const number = Math.round(Number(text));
    if (text.trim() === '' || !Number.isFinite(number)) return setText(String(value));
    const held = Math.max(min, Math.min(max, number));
    setText(String(held));
    if (held !== value) onChange(held);
  };
  return (
    <span className="field number">
      <span className="field-box">
        <input
          type="number"
          aria-label={label}
          min={min}
          max={max}
          value={text}
          onChange={(event) => setText(event.currentTarget.value)}
          onBlur={commit}
          onKeyDown={(event) => {
            if (event.key === 'Enter') commit();
          }}
        />
      </span>
    </span>
  );
}

/** Milliseconds between two readings of the data folder's size while it is shown. */
const SIZE_READ = 5_000;

function Data() {
  const directory = useApp((state) => state.dataDirectory);
  const bytes = useApp((state) => state.dataBytes);
  const version = useApp((state) => state.version);
  useEffect(() => {
    const read = () => void readDataSize().catch(() => undefined);
    read();
    // A large folder is still being counted when it is first told, and work in the background goes on filling it.
    const timer = setInterval(read, SIZE_READ);
    return () => clearInterval(timer);
  }, []);
  return (
    <Part title="Data">
      <Row label="Catalog and previews" note={<span className="selectable">{directory}</span>}>
        <span className="meta">{bytes === null ? 'counting…' : bytesText(bytes)}</span>
      </Row>
      <Row label="Version">
        <span className="meta selectable">{version}</span>
      </Row>
    </Part>
  );
}
