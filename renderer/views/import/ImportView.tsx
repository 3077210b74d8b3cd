import './import.css';
import { useState } from 'react';
import { useImport } from '../../store/hooks.ts';
import { Button } from '../../ui/Button.tsx';
import { State } from '../../ui/State.tsx';
import { CardPhotos } from './CardPhotos.tsx';
import { ChooseCard } from './ImportTools.tsx';
import { Where } from './Where.tsx';

export function ImportView() {
  const state = useImport((now) => now.state);
  const problem = useImport((now) => now.problem);
  const isEmpty = useImport((now) => now.photos.length === 0);
  const [isChoosing, setChoosing] = useState(false);
  const choose = (
    <>
      <Button tone="accent" icon="disk" onClick={() => setChoosing(true)}>
        Choose a card or folder…
      </Button>
      {isChoosing && <ChooseCard onClose={() => setChoosing(false)} />}
    </>
  );
  if (state === 'none') {
    return (
      <State title="Import from a card" actions={choose}>
        Photos are copied by a pattern, to one place or to two, and every copy is compared with the card. What the
        library has already is recognized by its content and passed over. Nothing is ever deleted from a card.
      </State>
    );
  }
  if (state === 'failed' && isEmpty)
    return (
      <State title="The card cannot be read" actions={choose}>
        {problem}
      </State>
    );
  if (state === 'ready' && isEmpty)
    return (
      <State title="There are no photos on it" actions={choose}>
        Choose the card itself, or the folder that holds its pictures.
      </State>
    );
  return (
    <div className="import">
      <CardPhotos />
      <Where />
    </div>
  );
}
