/** Flag, stars and color label of one photo, to be seen and set with the mouse; the keys do the same. */
import './photo-panels.css';
import { type ActionName, actionFacts } from '../../../shared/actions.ts';
import { COLOR_LABELS } from '../../../shared/labels.ts';
import { COLORS, type Color, type PhotoRow } from '../../../shared/photo.ts';
import { useSettings } from '../../store/hooks.ts';
import { chordText, setMarks } from '../../store/stores.ts';
import { Button } from '../../ui/Button.tsx';
import { Icon } from '../../ui/Icon.tsx';
import { MenuButton, type MenuItem } from '../../ui/Menu.tsx';
import { tip } from '../../ui/Tooltip.tsx';

export const COLOR_ACTIONS = {
  none: 'mark.noColor',
  red: 'mark.red',
  yellow: 'mark.yellow',
  green: 'mark.green',
  blue: 'mark.blue',
  purple: 'mark.purple',
} as const satisfies Record<Color, ActionName>;

/** @param showKeys whether the marks act on what the keys act on, so that their shortcuts can be shown */
export function MarkBar({ row, showKeys = true }: { row: PhotoRow; showKeys?: boolean }) {
  const keys = useSettings((settings) => settings.keys);
  const keyOf = (action: ActionName): string => (showKeys ? chordText(action, keys) : '');
  const mark = (change: Parameters<typeof setMarks>[1]) => void setMarks([row.id], change);
  const colors = (): MenuItem[] =>
    COLORS.map((color) => ({
      label: COLOR_LABELS[color],
      mark: <span className={`dot ${color}`} />,
      checked: row.color === color,
      chord: keyOf(COLOR_ACTIONS[color]),
      onChoose: () => mark({ color }),
    }));
  return (
    // biome-ignore lint/a11y/useSemanticElements: a fieldset would bring a border and a legend
    <div
      className="mark-bar"
      role="group"
      aria-label={`Marks of ${row.name}`}
      // A click with the mouse leaves the keyboard on the photo.
      onMouseDown={(event) => event.preventDefault()}
    >
      <Button
        icon="flag"
        label={actionFacts('mark.pick').label}
        aria-pressed={row.flag === 'pick'}
        chord={keyOf('mark.pick')}
        onClick={() => mark({ flag: row.flag === 'pick' ? 'none' : 'pick' })}
      />
      <Button
        icon="reject"
        label={actionFacts('mark.reject').label}
        aria-pressed={row.flag === 'reject'}
        chord={keyOf('mark.reject')}
        onClick={() => mark({ flag: row.flag === 'reject' ? 'none' : 'reject' })}
      />
      <span className="mark-stars">
        {([1, 2, 3, 4, 5] as const).map((stars) => {
          // A second click on the same star takes them all away.
          const next = row.stars === stars ? 'mark.stars0' : (`mark.stars${stars}` as const);
          return (
            <button
              key={stars}
              type="button"
              className="mark-star"
              aria-label={actionFacts(`mark.stars${stars}`).label}
              aria-pressed={row.stars === stars}
              data-filled={row.stars >= stars || undefined}
              {...tip(actionFacts(next).label, keyOf(next))}
              onClick={() => mark({ stars: row.stars === stars ? 0 : stars })}
            >
              <Icon name="star" size={14} />
            </button>
          );
        })}
      </span>
      <MenuButton
        label={`Color label: ${COLOR_LABELS[row.color]}`}
        tone="plain"
        items={colors}
        tooltip={tip('Color label')}
      >
        <span className={`dot ${row.color}`} />
      </MenuButton>
    </div>
  );
}
