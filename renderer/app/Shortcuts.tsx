import './shortcuts.css';
import { ACTION_GROUPS, ACTION_NAMES, ACTIONS, type ActionName, chordsOf } from '../../shared/actions.ts';
import { useSettings } from '../store/hooks.ts';
import { partsOfChord, showView } from '../store/stores.ts';
import { Button } from '../ui/Button.tsx';
import { Dialog } from '../ui/Dialog.tsx';

/** The sheet of all actions with their shortcuts as they are bound now. */
export function Shortcuts({ onClose }: { onClose: () => void }) {
  return (
    <Dialog
      title="Keyboard shortcuts"
      onClose={onClose}
      className="sheet"
      actions={
        <Button
          tone="raised"
          icon="key"
          data-first
          onClick={() => {
            onClose();
            showView('settings');
          }}
        >
          Change keys
        </Button>
      }
    >
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a list that scrolls must be reachable by keyboard */}
      <section className="sheet-groups" tabIndex={0} aria-label="All actions">
        {ACTION_GROUPS.map((group) => (
          <div key={group} className="sheet-group">
            <h3 className="section-head">{group}</h3>
            <dl>
              {ACTION_NAMES.filter((name) => ACTIONS[name].group === group).map((name) => (
                <SheetRow key={name} name={name} />
              ))}
            </dl>
          </div>
        ))}
      </section>
      <p className="meta">
        Shift with a mark goes on to the next photo, and so does CapsLock. Shift with a move selects on the way. Tab
        hides the panels while the keyboard is on the photos; F6 leads out of them.
      </p>
    </Dialog>
  );
}

function SheetRow({ name }: { name: ActionName }) {
  const keys = useSettings((settings) => settings.keys);
  const chords = chordsOf(name, keys);
  return (
    <div>
      <dt>{ACTIONS[name].label}</dt>
      <dd>
        {chords.length === 0 && <span className="meta">no key</span>}
        {chords.map((chord) => (
          <span key={chord}>
            {partsOfChord(chord).map((part) => (
              <kbd key={part}>{part}</kbd>
            ))}
          </span>
        ))}
      </dd>
    </div>
  );
}
