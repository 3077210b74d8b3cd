import './settings.css';
import { ACTION_GROUPS, ACTION_NAMES, ACTIONS, type ActionName, chordsOf } from '../../../shared/keys.ts';
import { useSettings } from '../../store/hooks.ts';
import { partsOfChord, showView } from '../../store/stores.ts';
import { Button } from '../../ui/Button.tsx';
import { Dialog } from '../../ui/Dialog.tsx';

/** The sheet of all shortcuts as they are bound now. */
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
          onClick={() => {
            onClose();
            showView('settings');
          }}
        >
          Change keys
        </Button>
      }
    >
      <div className="sheet-groups">
        {ACTION_GROUPS.map((group) => (
          <section key={group}>
            <h3 className="section-head">{group}</h3>
            <dl>
              {ACTION_NAMES.filter((name) => ACTIONS[name].group === group).map((name) => (
                <SheetRow key={name} name={name} />
              ))}
            </dl>
          </section>
        ))}
      </div>
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
  if (chords.length === 0) return null;
  return (
    <div>
      <dt>{ACTIONS[name].label}</dt>
      <dd>
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
