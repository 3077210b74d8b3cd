/** One line on top: which shoot, how far, how many, how long, and what can be done with all of it. */

import { photosText } from '../../../shared/photo.ts';
import { ActionButton } from '../../app/ActionButton.tsx';
import { useCull, useSettings } from '../../store/hooks.ts';
import { chordText, openShoot, showView } from '../../store/stores.ts';
import { Button } from '../../ui/Button.tsx';
import { Icon } from '../../ui/Icon.tsx';
import { MenuButton, type MenuItem } from '../../ui/Menu.tsx';
import { tip } from '../../ui/Tooltip.tsx';

export const ADVANCE_WORDS = {
  frame: 'Advance to next frame',
  moment: 'Advance to next moment',
  stay: 'Stay after a decision',
} as const;

/** `about 21 min left at your pace`. */
function leftInWords(frames: number, pace: number | null): string | null {
  if (pace === null || frames === 0) return null;
  const minutes = (frames * pace) / 60;
  if (minutes < 1) return 'less than a minute left at your pace';
  if (minutes < 90) return `about ${Math.round(minutes)} min left at your pace`;
  return `about ${(minutes / 60).toFixed(1)} h left at your pace`;
}

function Progress() {
  const total = useCull((state) => state.photos.length);
  const decided = useCull((state) => state.decided);
  const pace = useCull((state) => state.pace);
  let picked = 0;
  let rejected = 0;
  for (const decision of decided.values()) {
    if (decision === 'pick') picked++;
    else if (decision === 'reject') rejected++;
  }
  const many = (count: number) => count.toLocaleString('en');
  const share = (count: number) => `${total === 0 ? 0 : (100 * count) / total}%`;
  const left = leftInWords(total - decided.size, pace);
  return (
    <>
      <span className="cull-progress" aria-hidden="true">
        <span className="picked" style={{ width: share(picked) }} />
        <span className="marked" style={{ width: share(decided.size - picked - rejected) }} />
        <span className="rejected" style={{ width: share(rejected) }} />
      </span>
      <span className="cull-count" role="status">
        {many(decided.size)} of {many(total)} decided
        <span className="muted"> · </span>
        {many(picked)} picked
        {left !== null && <span className="muted"> · {left}</span>}
      </span>
    </>
  );
}

/** Shoots that are offered: the newest. */
const OFFERED = 14;

const dayText = (time: number): string =>
  new Date(time).toLocaleDateString('en', { dateStyle: 'medium', timeZone: 'UTC' });

/** Another shoot: the place that is shown, or a stretch of time between long pauses. */
function ShootMenu() {
  const stretches = useCull((state) => state.stretches);
  const shoot = useCull((state) => state.shoot);
  if (stretches === null || stretches.length < 2) return null;
  const items = (): MenuItem[] => [
    { label: 'The place that is shown', checked: shoot?.kind === 'view', onChoose: () => void openShoot() },
    { kind: 'head', label: 'Shoots by long pauses' },
    ...stretches.slice(0, OFFERED).map(
      ({ from, to, count }): MenuItem => ({
        label: `${dayText(from)}${dayText(from) === dayText(to) ? '' : ` – ${dayText(to)}`} · ${photosText(count)}`,
        checked: shoot?.kind === 'time' && shoot.from === from,
        onChoose: () => void openShoot({ kind: 'time', from, to }),
      }),
    ),
  ];
  return (
    <MenuButton label="Choose another shoot" items={items} tone="plain" tooltip={tip('Another shoot')}>
      <Icon name="down" size={12} />
    </MenuButton>
  );
}

export function CullBar({ onLeave }: { onLeave: () => void }) {
  const name = useCull((state) => state.name);
  const advance = useSettings((state) => state.cull.advance);
  const keys = useSettings((state) => state.keys);
  return (
    <header className="bare-bar" data-region="toolbar">
      <Button icon="left" label="Back to the grid" chord={chordText('view.grid', keys)} onClick={onLeave} />
      <h1 className="toolbar-title cut">{name}</h1>
      <ShootMenu />
      <span className="muted">Cull</span>
      <Progress />
      <span className="cull-verbs">
        <ActionButton action="feedback.view" />
        <Button tone="raised" chord={chordText('view.propose', keys)} onClick={() => showView('propose')}>
          Propose…
        </Button>
        <Button tone="raised" onClick={() => showView('secondlook')}>
          Second look
        </Button>
        <ActionButton action="cull.advance">{ADVANCE_WORDS[advance]}</ActionButton>
      </span>
    </header>
  );
}
