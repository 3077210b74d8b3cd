/** Asked once, when a person has marked something: whether marks go into sidecars as they are made. */
import { useHistory, useSettings } from '../../store/hooks.ts';
import { answerLive } from '../../store/stores.ts';
import { Button } from '../../ui/Button.tsx';

export function SidecarQuestion() {
  const isOpen = useSettings((settings) => settings.sidecars.live === 'ask');
  const hasDecided = useHistory((history) => history.undo !== null);
  if (!isOpen || !hasDecided) return null;
  return (
    <section className="sidecar-question" aria-label="Sidecars">
      <p>
        Your marks are in this library only. Write them into sidecars beside the photos too, for Lightroom and others?
      </p>
      <div>
        <Button tone="raised" onClick={() => answerLive('on')}>
          Write as I mark
        </Button>
        <Button onClick={() => answerLive('off')}>No</Button>
      </div>
    </section>
  );
}
