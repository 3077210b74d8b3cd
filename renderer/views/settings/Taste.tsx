/** What was learned from the person's marks, whether it is used, and how to be rid of it. */

import { useEffect } from 'react';
import { useSettings, useTaste } from '../../store/hooks.ts';
import { changeSettings, exportTaste, readTaste, resetTaste } from '../../store/stores.ts';
import { Button } from '../../ui/Button.tsx';
import { Checkbox } from '../../ui/Field.tsx';

/** Hands the document to the browser, which asks where to put it or puts it with the downloads. */
async function save(): Promise<void> {
  const document_ = await exportTaste();
  if (document_ === null) return;
  const address = URL.createObjectURL(new Blob([document_], { type: 'application/json' }));
  const link = document.createElement('a');
  link.href = address;
  link.download = 'keeplight-taste.json';
  link.click();
  URL.revokeObjectURL(address);
}

/** Features that are named; more is a table and no help. */
const NAMED = 8;

export function Taste() {
  const use = useSettings((settings) => settings.taste.use);
  const state = useTaste((now) => now.state);
  // biome-ignore lint/correctness/useExhaustiveDependencies: switched on or off it says another thing
  useEffect(() => void readTaste(), [use]);
  const most = Math.max(1, ...(state?.features ?? []).map(({ weight }) => Math.abs(weight)));
  return (
    <section className="settings-part" aria-label="Taste settings">
      <h2>Taste</h2>
      <div>
        <Checkbox
          checked={use}
          onChange={(on) => changeSettings((settings) => ({ ...settings, taste: { ...settings.taste, use: on } }))}
        >
          Learn from my marks what I like
        </Checkbox>
        {state !== null && (
          <p className="meta" aria-live="polite">
            {state.text} Nothing of it leaves this computer.
          </p>
        )}
        {use && state?.ready === true && (
          <ul className="taste-features" aria-label="What speaks for a photo">
            {state.features.slice(0, NAMED).map(({ name, weight }) => (
              <li key={name}>
                <span>{name}</span>
                <span className="taste-bar" aria-hidden="true">
                  <span
                    data-against={weight < 0 || undefined}
                    style={{ width: `${(50 * Math.abs(weight)) / most}%`, [weight < 0 ? 'right' : 'left']: '50%' }}
                  />
                </span>
                <span className="taste-weight">
                  {weight > 0 ? '+' : '−'}
                  {Math.abs(weight).toFixed(1)}
                </span>
              </li>
            ))}
          </ul>
        )}
        <div className="settings-buttons">
          <Button tone="raised" onClick={() => void save()}>
            Export
          </Button>
          <Button tone="raised" disabled={(state?.marks ?? 0) === 0} onClick={() => void resetTaste()}>
            Forget what was learned
          </Button>
        </div>
      </div>
    </section>
  );
}
