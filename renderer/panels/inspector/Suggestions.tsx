import type { Suggestion } from '../../../shared/critique.ts';
import { adjustmentLabel } from '../../photo/adjust.ts';
import { useLoupe, useView } from '../../store/hooks.ts';
import { loupe, showView, stopTrying, toggleTry } from '../../store/stores.ts';
import { Button } from '../../ui/Button.tsx';
import { tip } from '../../ui/Tooltip.tsx';

/** What could be done: with a number as a chip that shows it on the photo, without one as a line. Never written. */
export function Suggestions({ photo, suggestions }: { photo: number; suggestions: readonly Suggestion[] }) {
  const trying = useLoupe((state) => (state.trying?.photo === photo ? state.trying.adjustments : null));
  const isLoupe = useView((state) => state.view === 'loupe');
  const chips = suggestions.flatMap(({ text, adjustment }) => (adjustment === null ? [] : [{ text, adjustment }]));
  const words = suggestions.filter((one) => one.adjustment === null);
  if (suggestions.length === 0) return null;
  return (
    <section className="critique-section" aria-labelledby="try-head">
      <h3 id="try-head" className="section-head">
        Try it on the photo
      </h3>
      {chips.length > 0 && (
        <div className="pills">
          {chips.map(({ text, adjustment }) => (
            <button
              key={text}
              type="button"
              className="pill"
              aria-pressed={trying?.some((one) => one.kind === adjustment.kind && sameChange(one, adjustment)) ?? false}
              data-kind={adjustment.kind}
              {...tip(text)}
              // A click with the mouse leaves the keyboard, and with it the space bar, on the photo.
              onMouseDown={(event) => event.preventDefault()}
              onKeyDown={(event) => {
                if (event.key !== ' ' || trying === null) return;
                event.preventDefault();
                loupe.setState({ showsOriginal: true });
              }}
              onClick={() => {
                if (!isLoupe) showView('loupe');
                const shown = trying?.find((one) => sameChange(one, adjustment));
                toggleTry(photo, shown ?? adjustment);
              }}
            >
              {adjustmentLabel(adjustment)}
            </button>
          ))}
          {trying !== null && <Button icon="close" label="Show the photo as it is" onClick={stopTrying} />}
        </div>
      )}
      {words.length > 0 && (
        <ul className="advice">
          {words.map((one) => (
            <li key={one.text} className="selectable">
              {one.text}
            </li>
          ))}
        </ul>
      )}
    </section>
  );
}

/** The detail is read again now and then: the same change is then another object. */
function sameChange(one: object, other: object): boolean {
  return JSON.stringify(one) === JSON.stringify(other);
}
