/** Who judges: the critics to choose from, what they need, and the engine that runs them. */

import { useEffect, useState } from 'react';
import { Offer } from '../../panels/models/Offer.tsx';
import { useModels } from '../../store/hooks.ts';
import { addLocalModel, desktop, notify } from '../../store/stores.ts';
import { Button } from '../../ui/Button.tsx';
import { State } from '../../ui/State.tsx';
import { EnginePanel } from './EnginePanel.tsx';
import { Engines } from './Engines.tsx';
import { FileChooser } from './FileChooser.tsx';
import { Learning } from './Learning.tsx';
import { ModelRow } from './ModelRow.tsx';
import { OwnAgreement } from './OwnAgreement.tsx';
import './models.css';

/** Where adding a file stands: choosing the model, choosing its projector, or showing why it failed. */
type Adding =
  | { step: 'model' }
  | { step: 'projector'; model: string }
  | { step: 'failed'; model: string; problem: string };

function useAdding() {
  const [adding, setAdding] = useState<Adding | null>(null);
  const add = async (model: string, projector: string | null): Promise<void> => {
    setAdding(null);
    const problem = await addLocalModel(model, projector);
    if (problem !== null) setAdding({ step: 'failed', model, problem });
  };
  const begin = async (): Promise<void> => {
    if (desktop === null) {
      setAdding({ step: 'model' });
      return;
    }
    const token = await desktop.chooseModel();
    if (token !== null) await add(token, null);
  };
  const chooseProjector = async (model: string): Promise<void> => {
    if (desktop === null) {
      setAdding({ step: 'projector', model });
      return;
    }
    const token = await desktop.chooseModel();
    if (token !== null) await add(model, token);
  };
  return { adding, setAdding, add, begin, chooseProjector };
}

/** A file dropped on the view: only the desktop shell can say where it lies. */
function useDrop(add: (model: string, projector: string | null) => Promise<void>, choose: () => void): boolean {
  const [isOver, setOver] = useState(false);
  useEffect(() => {
    const over = (event: DragEvent): void => {
      if (event.dataTransfer?.types.includes('Files') !== true) return;
      event.preventDefault();
      setOver(true);
    };
    const leave = (event: DragEvent): void => {
      if (event.relatedTarget === null) setOver(false);
    };
    const drop = (event: DragEvent): void => {
      setOver(false);
      const files = [...(event.dataTransfer?.files ?? [])].filter((file) => file.name.endsWith('.gguf'));
      if (event.dataTransfer?.types.includes('Files') === true) event.preventDefault();
      if (files.length === 0) {
        if ((event.dataTransfer?.files.length ?? 0) > 0) notify('A model is a .gguf file');
        return;
      }
      if (desktop === null) {
        notify('A browser does not tell where a dropped file lies: choose it in the list');
        choose();
        return;
      }
      const projector = files.find((file) => file.name.toLowerCase().includes('mmproj'));
      const model = files.find((file) => file !== projector) ?? files[0]!;
      void Promise.all([
        desktop.dropped(model),
        projector === undefined || projector === model ? null : desktop.dropped(projector),
      ]).then(([token, second]) => (token === null ? undefined : add(token, second)));
    };
    window.addEventListener('dragover', over);
    window.addEventListener('dragleave', leave);
    window.addEventListener('drop', drop);
    return () => {
      window.removeEventListener('dragover', over);
      window.removeEventListener('dragleave', leave);
      window.removeEventListener('drop', drop);
    };
  }, [add, choose]);
  return isOver;
}

export function ModelsView() {
  const { list, problem } = useModels();
  const { adding, setAdding, add, begin, chooseProjector } = useAdding();
  const isOver = useDrop(add, () => setAdding({ step: 'model' }));
  return (
    <div className="models" data-over={isOver || undefined}>
      <div className="models-page">
        <section aria-labelledby="critics-head">
          <header className="models-head">
            <h2 id="critics-head">Who grades, who writes</h2>
            <Button tone="raised" icon="plus" onClick={() => void begin()}>
              Add a model file
            </Button>
          </header>
          <p className="meta models-lead">
            One model grades each photo, one explains and talks; one may do both. They run on this computer and nothing
            is sent away, unless you add an engine on another one.
          </p>
          {list !== null && <Offer list={list} />}
          {adding?.step === 'failed' && (
            <div className="models-problem" role="alert">
              <p className="problem">{adding.problem}</p>
              <div className="text-verbs">
                <Button onClick={() => void chooseProjector(adding.model)}>Choose its projector file</Button>
                <Button onClick={() => setAdding(null)}>Close</Button>
              </div>
            </div>
          )}
          {problem !== null && list === null && <State title="The models could not be listed">{problem}</State>}
          <ul className="model-list">
            {list?.map((model) => (
              <ModelRow key={model.name} model={model} />
            ))}
          </ul>
          <Engines />
          <OwnAgreement />
          <Learning />
        </section>
        <EnginePanel />
      </div>
      {(adding?.step === 'model' || adding?.step === 'projector') && (
        <FileChooser
          key={adding.step}
          title={adding.step === 'model' ? 'Choose a model file' : 'Choose its projector file'}
          lead={
            adding.step === 'model'
              ? 'A vision model in GGUF. Its projector (mmproj) is looked for beside it.'
              : 'The projector gives the model its eyes. Its name usually contains mmproj.'
          }
          onClose={() => setAdding(null)}
          onChoose={(token) => void (adding.step === 'model' ? add(token, null) : add(adding.model, token))}
        />
      )}
    </div>
  );
}
