/** In the line at the foot, where it covers nothing: asked once, when a person has marked something: whether marks go into sidecars as they are made. */
import { useHistory, useSettings } from '../store/hooks.ts';
import { answerLive } from '../store/stores.ts';

export function SidecarQuestion() {
  const isOpen = useSettings((settings) => settings.sidecars.live === 'ask');
  const hasDecided = useHistory((history) => history.undo !== null);
  if (!isOpen || !hasDecided) return null;
  return (
    <section className="sidecar-question" aria-label="Sidecars">
      <span className="cut">Marks are in this library only. Write them into sidecars for other programs, too?</span>
      <button type="button" onClick={() => answerLive('on')}>
        Write as I mark
      </button>
      <button type="button" onClick={() => answerLive('off')}>
        Not now
      </button>
    </section>
  );
}
