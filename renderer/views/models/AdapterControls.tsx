/** An adapter on a model: how strongly it is added, and adding one. */
import { useEffect, useRef, useState } from 'react';
import type { Model } from '../../../shared/model.ts';
import { addAdapter, strengthen } from '../../store/stores.ts';
import { Button } from '../../ui/Button.tsx';
import { Slider } from '../../ui/Field.tsx';
import { FileChooser } from './FileChooser.tsx';

export function Strength({ model }: { model: Model }) {
  const set = model.adapter?.scale ?? 1;
  const [scale, setScale] = useState(set);
  /** What the person chose last; until the core says the same, what it said before does not move the slider back. */
  const chosen = useRef<number | null>(null);
  useEffect(() => {
    if (chosen.current === null || chosen.current === set) {
      chosen.current = null;
      setScale(set);
    }
  }, [set]);
  return (
    <div className="adapter-strength">
      <span>Strength</span>
      <Slider
        label={`Strength of ${model.title}`}
        value={scale}
        min={0}
        max={2}
        step={0.05}
        text={`${scale.toFixed(2)} times as it was trained`}
        onChange={(value) => {
          chosen.current = value;
          setScale(value);
        }}
        onCommit={(value) => void strengthen(model, value)}
      />
      <span className="adapter-number">{scale.toFixed(2)} ×</span>
      <span className="meta">1 as it was trained; grades of each strength are kept apart</span>
    </div>
  );
}

export function AddAdapter({ model }: { model: Model }) {
  const [isChoosing, setChoosing] = useState(false);
  const [problem, setProblem] = useState<string | null>(null);
  const add = async (token: string): Promise<void> => {
    setChoosing(false);
    setProblem(await addAdapter(model, token));
  };
  return (
    <>
      <Button tone="raised" onClick={() => setChoosing(true)}>
        Add an adapter
      </Button>
      {problem !== null && (
        <p className="problem" role="alert">
          {problem}
        </p>
      )}
      {isChoosing && (
        <FileChooser
          title={`What was trained on ${model.title}?`}
          lead="The folder that PEFT or LLaVA wrote (with adapter_config.json), or a GGUF adapter."
          takes="file or folder"
          onClose={() => setChoosing(false)}
          onChoose={(token) => void add(token)}
        />
      )}
    </>
  );
}
