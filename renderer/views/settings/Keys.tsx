/** Every action with its keys: change, add, take away; what two actions claim is said at once. */

import { type KeyboardEvent, useMemo, useState } from 'react';
import {
  ACTION_GROUPS,
  ACTION_NAMES,
  ACTIONS,
  type ActionName,
  chordOf,
  chordsOf,
  conflicts,
} from '../../../shared/actions.ts';
import { useSettings } from '../../store/hooks.ts';
import { changeSettings, notify, partsOfChord } from '../../store/stores.ts';
import { Button } from '../../ui/Button.tsx';
import { tip } from '../../ui/Tooltip.tsx';

function setChords(name: ActionName, chords: readonly string[]): void {
  changeSettings((settings) => {
    const keys = { ...settings.keys };
    const defaults: readonly string[] = ACTIONS[name].chords;
    const same = chords.length === defaults.length && chords.every((chord, index) => chord === defaults[index]);
    if (same) delete keys[name];
    else keys[name] = [...chords];
    return { ...settings, keys };
  });
}

function takeFocus(element: HTMLElement | null): void {
  element?.focus();
}

export function Keys() {
  const overrides = useSettings((settings) => settings.keys);
  const clashes = useMemo(() => conflicts(overrides), [overrides]);
  const changed = Object.keys(overrides).length > 0;
  return (
    <>
      {clashes.size > 0 && (
        <p className="keys-conflict" role="alert">
          {[...clashes]
            .map(
              ([chord, names]) =>
                `${partsOfChord(chord).join(' ')} is set for ${names.map((name) => `“${ACTIONS[name].label}”`).join(' and ')}`,
            )
            .join('. ')}
          . The first one has it until this is resolved.
        </p>
      )}
      {ACTION_GROUPS.map((group) => (
        <section key={group} className="keys-group">
          <h3 className="section-head">{group}</h3>
          {ACTION_NAMES.filter((name) => ACTIONS[name].group === group).map((name) => (
            <KeyRow
              key={name}
              name={name}
              chords={chordsOf(name, overrides)}
              clashes={clashes}
              own={name in overrides}
            />
          ))}
        </section>
      ))}
      <div className="settings-buttons">
        <Button
          tone="raised"
          disabled={!changed}
          onClick={() => {
            changeSettings((settings) => ({ ...settings, keys: {} }));
            const back = () => changeSettings((settings) => ({ ...settings, keys: overrides }));
            notify('All keys are as they were', { label: 'Undo', run: back });
          }}
        >
          All keys as they were
        </Button>
      </div>
    </>
  );
}

function KeyRow({
  name,
  chords,
  clashes,
  own,
}: {
  name: ActionName;
  chords: readonly string[];
  clashes: ReadonlyMap<string, ActionName[]>;
  own: boolean;
}) {
  const { label } = ACTIONS[name];
  const [recording, setRecording] = useState(false);
  const record = (event: KeyboardEvent) => {
    const chord = chordOf(event.nativeEvent);
    // Tab leaves the field as everywhere; it cannot be given to another action by hand.
    if (chord === null || chord === 'Tab' || chord === 'Shift+Tab') return setRecording(false);
    event.preventDefault();
    event.stopPropagation();
    setRecording(false);
    if (chord !== 'Escape' && !chords.includes(chord)) setChords(name, [...chords, chord]);
  };
  return (
    <div className="key-row" data-action={name}>
      <span>{label}</span>
      <span className="key-chords">
        {own && (
          <Button
            icon="refresh"
            label={`Keys of ${label} as they were`}
            onClick={() => setChords(name, ACTIONS[name].chords)}
          />
        )}
        {chords.map((chord) => (
          <button
            key={chord}
            type="button"
            className="key-chord"
            data-conflict={clashes.has(chord) || undefined}
            aria-label={`Take ${partsOfChord(chord).join(' ')} away from ${label}${clashes.has(chord) ? ', which another action has too' : ''}`}
            {...tip('Take this key away')}
            onClick={() =>
              setChords(
                name,
                chords.filter((one) => one !== chord),
              )
            }
          >
            {partsOfChord(chord).map((part) => (
              <kbd key={part}>{part}</kbd>
            ))}
          </button>
        ))}
        {recording ? (
          <button
            type="button"
            className="button raised key-recording"
            ref={takeFocus}
            onKeyDown={record}
            onBlur={() => setRecording(false)}
          >
            Press a key, or Escape
          </button>
        ) : (
          <Button icon="plus" label={`Add a key to ${label}`} onClick={() => setRecording(true)} />
        )}
      </span>
    </div>
  );
}
