/** Engines on other computers: what each is sent, how it is, how fast it goes. There is none before a person agrees. */
import { useId, useState } from 'react';
import type { EngineTest, RemoteEngine } from '../../../shared/contract-engines.ts';
import { useEngines } from '../../store/hooks.ts';
import { removeEngine, testEngine } from '../../store/stores.ts';
import { Button } from '../../ui/Button.tsx';
import { Confirm } from '../../ui/Dialog.tsx';
import { AddEngine } from './AddEngine.tsx';

export function Engines() {
  const { list, tests } = useEngines();
  const [isAdding, setAdding] = useState(false);
  if (list === null) return null;
  return (
    <section className="engines" aria-labelledby="engines-head">
      <header className="models-head">
        <h2 id="engines-head">On other computers</h2>
        <Button tone="raised" icon="plus" onClick={() => setAdding(true)}>
          Add an engine
        </Button>
      </header>
      <p className="meta models-lead">
        {list.length === 0
          ? 'A server of yours (llama-server, vLLM, SGLang, LM Studio, Ollama) can judge instead of this computer. Nothing is sent before you have read what leaves, and agreed.'
          : 'Engines that serve the same model share one queue: every photo goes to one of them.'}
      </p>
      <ul className="model-list">
        {list.map((engine) => (
          <EngineRow key={engine.address} engine={engine} test={tests[engine.address]} />
        ))}
      </ul>
      {isAdding && <AddEngine onClose={() => setAdding(false)} />}
    </section>
  );
}

const STATES: Readonly<Record<RemoteEngine['state'], string>> = {
  idle: 'Not in use',
  well: 'Answers',
  resting: 'Rests and is asked again',
  refused: 'Refuses',
};

function healthOf({ state, running, photosPerMinute, done }: RemoteEngine): string {
  const parts = [running > 0 && state !== 'resting' ? `${running} in hand` : STATES[state]];
  if (photosPerMinute !== null && photosPerMinute > 0)
    parts.push(`${photosPerMinute.toLocaleString('en')} photos a minute`);
  if (done > 0) parts.push(`${done.toLocaleString('en')} done`);
  return parts.join(' · ');
}

function factsOf({ model, server, edge, atOnce, key, grades }: RemoteEngine): string {
  const facts = [
    `${shortName(model)} in ${server === 'other' ? 'a server' : server}`,
    edge === 336 ? 'gets 336 × 336 pixels' : 'gets at most 1,024 pixels',
    `${atOnce} at once`,
  ];
  if (key !== 'none') facts.push(key === 'keychain' ? 'key in the system’s keychain' : 'key in a file of yours alone');
  if (!grades) facts.push('writes only: gives no log-probabilities');
  return facts.join(' · ');
}

function EngineRow({ engine, test }: { engine: RemoteEngine; test: EngineTest | null | undefined }) {
  const [isRemoving, setRemoving] = useState(false);
  const head = useId();
  const { address, state, problem, title } = engine;
  return (
    <li className="model" aria-labelledby={head} data-engine={address} data-state={state}>
      <div className="model-words">
        <h3 id={head} className="selectable">
          {address}
        </h3>
        <p className="meta">{factsOf(engine)}</p>
        <p className="engine-health" role="status">
          <span className="engine-dot" aria-hidden="true" />
          {healthOf(engine)}
        </p>
        {problem !== null && <p className="problem">{problem}</p>}
        {test === null && <p className="meta">It judges a gray picture…</p>}
        {test && <p className={test.answers ? 'meta' : 'problem'}>{testText(test)}</p>}
      </div>
      <div className="model-verbs">
        <Button tone="raised" disabled={test === null} onClick={() => void testEngine(address)}>
          Test
        </Button>
        <Button icon="trash" label={`Remove ${address}`} onClick={() => setRemoving(true)} />
      </div>
      {isRemoving && (
        <Confirm
          title={`Remove ${address}?`}
          verb="Remove"
          danger
          onClose={() => setRemoving(false)}
          onConfirm={() => void removeEngine(address)}
        >
          Nothing is sent there any more, and its key is forgotten. What {title} has judged stays in the catalog.
        </Confirm>
      )}
    </li>
  );
}

function testText({ text, milliseconds }: EngineTest): string {
  return milliseconds === null ? text : `${text} One photo took ${(milliseconds / 1000).toFixed(1)} s.`;
}

/** A path is how llama-server calls a model that was given no name. */
export function shortName(model: string): string {
  return model.split(/[\\/]/).at(-1) ?? model;
}
