/** Adding an engine: its address, what it is, and the sentence on what leaves, to be agreed to word for word. */
import { useState } from 'react';
import type { EngineProbe, RemoteEngine } from '../../../shared/contract-engines.ts';
import { addEngine, probeEngine } from '../../store/stores.ts';
import { Button } from '../../ui/Button.tsx';
import { Dialog } from '../../ui/Dialog.tsx';
import { Checkbox, TextField } from '../../ui/Field.tsx';
import { MenuButton } from '../../ui/Menu.tsx';
import { Segmented } from '../../ui/Segmented.tsx';

type Edge = RemoteEngine['edge'];

export function AddEngine({ onClose }: { onClose: () => void }) {
  const [address, setAddress] = useState('');
  const [key, setKey] = useState('');
  const [probe, setProbe] = useState<EngineProbe | null>(null);
  const [model, setModel] = useState<string | null>(null);
  const [edge, setEdge] = useState<Edge>(336);
  const [isAgreed, setAgreed] = useState(false);
  const [problem, setProblem] = useState<string | null>(null);
  const [isBusy, setBusy] = useState(false);
  const sentence = probe?.sends.find((one) => one.edge === edge)?.text ?? '';
  const ownKey = key.trim() === '' ? null : key.trim();

  /** What was asked about is another now. */
  const edit = (change: () => void): void => {
    change();
    setProbe(null);
    setAgreed(false);
    setProblem(null);
  };
  const ask = async (): Promise<void> => {
    setBusy(true);
    setProblem(null);
    const answer = await probeEngine(address, ownKey);
    setBusy(false);
    if (typeof answer === 'string') {
      setProblem(answer);
      return;
    }
    setProbe(answer);
    setModel(answer.models.length === 1 ? (answer.models[0] ?? null) : null);
  };
  const add = async (): Promise<void> => {
    if (model === null) return;
    setBusy(true);
    const failure = await addEngine({ address, key: ownKey, model, edge, agreed: sentence });
    setBusy(false);
    if (failure === null) onClose();
    else setProblem(failure);
  };

  return (
    <Dialog
      title="Add an engine"
      onClose={onClose}
      className="add-engine"
      actions={
        <>
          <Button tone="raised" onClick={onClose}>
            Cancel
          </Button>
          {probe === null ? (
            <Button tone="accent" disabled={isBusy || address.trim() === ''} onClick={() => void ask()}>
              {isBusy ? 'Asking…' : 'Ask what it is'}
            </Button>
          ) : (
            <Button tone="accent" disabled={isBusy || !isAgreed || model === null} onClick={() => void add()}>
              {isBusy ? 'Trying a gray picture…' : 'Add this engine'}
            </Button>
          )}
        </>
      }
    >
      <form
        className="install"
        onSubmit={(event) => {
          event.preventDefault();
          if (probe === null && address.trim() !== '' && !isBusy) void ask();
        }}
      >
        <TextField
          label="Address"
          showLabel
          value={address}
          placeholder="https://… or http://127.0.0.1:8080"
          onChange={(text) => edit(() => setAddress(text))}
          data-first
        />
        <TextField
          label="Key"
          showLabel
          type="password"
          value={key}
          placeholder="where the server wants one"
          onChange={(text) => edit(() => setKey(text))}
        />
        {/* Enter asks. */}
        <button type="submit" hidden />
        {problem !== null && (
          <p className="problem" role="alert">
            {problem}
          </p>
        )}
        {probe !== null && (
          <>
            <div className="setting">
              <span>Model</span>
              {probe.models.length === 1 ? (
                <span className="cut selectable">{probe.models[0]?.split(/[\\/]/).at(-1)}</span>
              ) : (
                <MenuButton
                  label="Model"
                  align="end"
                  items={() =>
                    probe.models.map((name) => ({
                      label: name,
                      checked: name === model,
                      onChoose: () => setModel(name),
                    }))
                  }
                >
                  {model ?? 'Choose one'}
                </MenuButton>
              )}
            </div>
            <div className="setting">
              <div>
                <span>Size of the copies</span>
                <p className="meta">LLaVA and AesExpert look at 336 pixels, newer models at more.</p>
              </div>
              <Segmented
                label="Size of the copies"
                options={[
                  { value: '336', label: '336' },
                  { value: '1024', label: '1,024' },
                ]}
                value={String(edge)}
                onChange={(value) => {
                  setEdge(value === '336' ? 336 : 1024);
                  setAgreed(false);
                }}
              />
            </div>
            <h3 className="section-head">What leaves this computer</h3>
            <p className="leaves selectable">{sentence}</p>
            <Checkbox checked={isAgreed} onChange={setAgreed}>
              Yes, send that
            </Checkbox>
          </>
        )}
      </form>
    </Dialog>
  );
}
