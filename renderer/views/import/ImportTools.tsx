import { useState } from 'react';
import { ChooseFolder } from '../../panels/folders/ChooseFolder.tsx';
import { useImport } from '../../store/hooks.ts';
import { openCard } from '../../store/stores.ts';
import { Button } from '../../ui/Button.tsx';

/** Chooses the card; again while one is open, for another. */
export function ImportTools() {
  const isOpen = useImport((state) => state.card !== null);
  const [isChoosing, setChoosing] = useState(false);
  if (!isOpen && !isChoosing) return null;
  return (
    <>
      <Button tone="raised" icon="disk" onClick={() => setChoosing(true)}>
        Another card…
      </Button>
      {isChoosing && <ChooseCard onClose={() => setChoosing(false)} />}
    </>
  );
}

export function ChooseCard({ onClose }: { onClose: () => void }) {
  return (
    <ChooseFolder
      title="Import from"
      verb="Look at"
      words={(pictures) => `${pictures} Nothing is copied yet, and nothing is ever deleted from a card.`}
      onChoose={(token) => void openCard({ token, path: '' })}
      onClose={onClose}
    />
  );
}
