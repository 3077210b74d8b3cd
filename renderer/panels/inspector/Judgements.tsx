/** What other critics said of the photo, and a way to ask one of them: judgements stand side by side, none is replaced. */
import type { Critique } from '../../../shared/critique.ts';
import { useModels } from '../../store/hooks.ts';
import { criticTitle } from '../../store/models.ts';
import { judgeAgain } from '../../store/stores.ts';
import { MenuButton } from '../../ui/Menu.tsx';

export function Judgements({
  photo,
  critiques,
  leading,
}: {
  photo: number;
  critiques: readonly Critique[];
  leading: Critique;
}) {
  const { list } = useModels();
  const graders = (list ?? []).filter(
    (model) => model.origin !== 'measured' && model.state === 'installed' && model.slots.includes('grader'),
  );
  const others = critiques.filter((one) => one !== leading);
  if (graders.length === 0 && others.length === 0) return null;
  return (
    <section className="critique-section" aria-label="Other judgements">
      <h3 className="section-head">Other judgements</h3>
      {others.map((one) => (
        <p key={one.critic} className="judgement">
          <span>{one.critic === 'measured' ? 'Technical quality, measured' : criticTitle(one.critic, list)}</span>
          <span>{Math.round(one.value)}</span>
        </p>
      ))}
      {graders.length > 0 && (
        <MenuButton
          label="Judge this photo again"
          items={() => graders.map((model) => ({ label: model.title, onChoose: () => void judgeAgain(photo, model) }))}
        >
          Judge again
        </MenuButton>
      )}
    </section>
  );
}
