/** Flag, stars and colour label of one photo, to be seen and set with the mouse; the keys do the same. */

import { COLOR_LABELS } from '../../../shared/labels.ts';
import { COLORS, type Color, type PhotoRow } from '../../../shared/photo.ts';
import { setMarks } from '../../store/stores.ts';
import { Button } from '../../ui/Button.tsx';
import { Icon } from '../../ui/Icon.tsx';
import { MenuButton, type MenuItem } from '../../ui/Menu.tsx';
import { tip } from '../../ui/Tooltip.tsx';

const COLOR_ACTIONS = {
  none: 'mark.noColor',
  red: 'mark.red',
  yellow: 'mark.yellow',
  green: 'mark.green',
  blue: 'mark.blue',
  purple: 'mark.purple',
} as const satisfies Record<Color, string>;

/** @param showKeys whether the marks act on what the keys act on, so that their shortcuts can be shown */
export function MarkBar({ row, showKeys = true }: { row: PhotoRow; showKeys?: boolean }) {
  const mark = (change: Parameters<typeof setMarks>[1]) => void setMarks([row.id], change);
  const colors = (): MenuItem[] =>
    COLORS.map((color) => ({
      label: COLOR_LABELS[color],
      mark: <span className={`dot ${color}`} />,
      checked: row.color === color,
      ...(showKeys ? { action: COLOR_ACTIONS[color] } : {}),
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
        label="Pick"
        aria-pressed={row.flag === 'pick'}
        {...(showKeys ? { action: 'mark.pick' as const } : {})}
        onClick={() => mark({ flag: row.flag === 'pick' ? 'none' : 'pick' })}
      />
      <Button
        icon="reject"
        label="Reject"
        aria-pressed={row.flag === 'reject'}
        {...(showKeys ? { action: 'mark.reject' as const } : {})}
        onClick={() => mark({ flag: row.flag === 'reject' ? 'none' : 'reject' })}
      />
      <span className="mark-stars">
        {[1, 2, 3, 4, 5].map((stars) => (
          <button
            key={stars}
            type="button"
            className="mark-star"
            aria-label={stars === 1 ? '1 star' : `${stars} stars`}
            aria-pressed={row.stars === stars}
            data-filled={row.stars >= stars || undefined}
            {...tip(
              row.stars === stars ? 'No stars' : stars === 1 ? '1 star' : `${stars} stars`,
              showKeys ? String(row.stars === stars ? 0 : stars) : '',
            )}
            onClick={() => mark({ stars: row.stars === stars ? 0 : stars })}
          >
            <Icon name="star" size={14} />
          </button>
        ))}
      </span>
      <MenuButton
        label={`Colour label: ${COLOR_LABELS[row.color]}`}
        tone="plain"
        items={colors}
        tooltip={tip('Colour label')}
      >
        <span className={`dot ${row.color}`} />
      </MenuButton>
    </div>
  );
}
