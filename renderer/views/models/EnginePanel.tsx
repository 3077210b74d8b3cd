/** The engine that runs a model: what it uses now, and what it may use. */

import { useId, useState } from 'react';
import { bytesText } from '../../../shared/bytes.ts';
import type { Engine } from '../../../shared/model.ts';
import type { Settings } from '../../../shared/settings.ts';
import { backendText } from '../../app/backendText.ts';
import { useApp, useSettings } from '../../store/hooks.ts';
import { changeSettings, gradeLibrary } from '../../store/stores.ts';
import { Button } from '../../ui/Button.tsx';
import { Checkbox } from '../../ui/Field.tsx';
import { MenuButton } from '../../ui/Menu.tsx';

const STATE_WORDS: Readonly<Record<Engine['state'], string>> = {
  absent: 'Not available on this computer',
  stopped: 'Not running: it starts when it is needed',
  loading: 'Loading the model',
  ready: 'Running',
  failed: 'Stopped by a problem',
};

type Performance = Settings['performance'];

const GPU_WORDS: Readonly<Record<Performance['gpu'], string>> = {
  auto: 'Automatic',
  off: 'Do not use a GPU',
  cuda: 'CUDA',
  vulkan: 'Vulkan',
  metal: 'Metal',
};

function memoryText(engine: Engine): string | null {
  if (engine.memoryBytes === null) return null;
  const all = engine.deviceMemoryBytes === null ? '' : ` of ${bytesText(engine.deviceMemoryBytes)}`;
  return `${bytesText(engine.memoryBytes)}${all}`;
}

function engineFacts(engine: Engine): [string, string][] {
  const facts: [string, string | null][] = [
    ['State', STATE_WORDS[engine.state]],
    ['Model', engine.model],
    ['Device', engine.device],
    ['Runs through', engine.backend === null ? null : backendText(engine.backend)],
    ['Layers on the GPU', engine.layers === null ? null : `${engine.layers.gpu} of ${engine.layers.all}`],
    ['Memory', memoryText(engine)],
    ['Speed', engine.tokensPerSecond === null ? null : `${engine.tokensPerSecond.toFixed(1)} tokens a second`],
    ['Threads', engine.threads === null ? null : String(engine.threads)],
  ];
  return facts.filter((fact): fact is [string, string] => fact[1] !== null);
}

const change = (next: Partial<Performance>): void =>
  changeSettings((now) => ({ ...now, performance: { ...now.performance, ...next } }));

/** A whole number, kept only when it is one: an empty field means the automatic value. */
function NumberField(props: {
  label: string;
  hint: string;
  value: number | null;
  most: number;
  automatic: string;
  onChange: (value: number | null) => void;
}) {
  const id = useId();
  const [draft, setDraft] = useState<string | null>(null);
  const text = draft ?? (props.value === null ? '' : String(props.value));
  const commit = (): void => {
    if (draft === null) return;
    setDraft(null);
    if (draft.trim() === '') props.onChange(null);
    else if (/^\d+$/.test(draft.trim())) props.onChange(Math.min(props.most, Number(draft)));
  };
  return (
    <div className="setting">
      <div>
        <label htmlFor={id}>{props.label}</label>
        <p className="meta">{props.hint}</p>
      </div>
      <input
        id={id}
        className="number"
        inputMode="numeric"
        placeholder={props.automatic}
        value={text}
        onChange={(event) => setDraft(event.currentTarget.value)}
        onBlur={commit}
        onKeyDown={(event) => {
          if (event.key === 'Enter') commit();
        }}
      />
    </div>
  );
}

export function EnginePanel() {
  const engine = useApp((state) => state.engine);
  const { performance, models } = useSettings((state) => state);
  return (
    <section className="engine" aria-labelledby="engine-head">
      <h2 id="engine-head">Engine</h2>
      {engine === null ? (
        <p className="meta">The engine has not said anything yet.</p>
      ) : (
        <>
          <dl className="facts selectable">
            {engineFacts(engine).map(([label, value]) => (
              <div key={label}>
                <dt>{label}</dt>
                <dd>{value}</dd>
              </div>
            ))}
          </dl>
          {engine.problem !== null && (
            <p className="problem" role="alert">
              {engine.problem}
            </p>
          )}
        </>
      )}
      <div className="settings-list">
        <div className="setting">
          <div>
            <span>GPU</span>
            <p className="meta">Automatic takes what is fastest; a GPU that fails falls back to the processor.</p>
          </div>
          <MenuButton
            label={`GPU: ${GPU_WORDS[performance.gpu]}`}
            align="end"
            items={() =>
              (Object.keys(GPU_WORDS) as Performance['gpu'][]).map((gpu) => ({
                label: GPU_WORDS[gpu],
                checked: performance.gpu === gpu,
                onChoose: () => change({ gpu }),
              }))
            }
          >
            {GPU_WORDS[performance.gpu]}
          </MenuButton>
        </div>
        <NumberField
          label="Layers on the GPU"
          hint="Empty: as many as fit beside the pictures."
          automatic="Automatic"
          value={performance.gpuLayers}
          most={999}
          onChange={(gpuLayers) => change({ gpuLayers })}
        />
        <NumberField
          label="Threads of the model"
          hint="Empty: chosen for this processor and for what else runs."
          automatic="Automatic"
          value={performance.modelThreads === 0 ? null : performance.modelThreads}
          most={64}
          onChange={(threads) => change({ modelThreads: threads ?? 0 })}
        />
        <NumberField
          label="Minutes until it leaves the memory"
          hint="Without use. It is loaded again when it is needed."
          automatic="10"
          value={performance.unloadAfterMinutes}
          most={1440}
          onChange={(minutes) => change({ unloadAfterMinutes: Math.max(1, minutes ?? 10) })}
        />
        <Checkbox
          checked={models.gradeInBackground}
          onChange={(gradeInBackground) =>
            changeSettings((now) => ({ ...now, models: { ...now.models, gradeInBackground } }))
          }
        >
          Grade new photos in the background
        </Checkbox>
      </div>
      {models.active !== null && (
        <Button tone="raised" onClick={() => void gradeLibrary()}>
          Grade the whole library now
        </Button>
      )}
    </section>
  );
}
