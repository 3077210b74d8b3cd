import { useState } from 'react';
import { useLibrary, useSettings } from '../../store/hooks.ts';
import { changeSettings } from '../../store/stores.ts';
import { Slider } from '../../ui/Field.tsx';
import { SIZES } from './sizes.ts';

/** How large thumbnails are, while there are any. */
export function SizeSlider() {
  const hasPhotos = useLibrary((state) => state.order.total > 0);
  const size = useSettings((state) => state.grid.size);
  const [draft, setDraft] = useState<number | null>(null);
  const set = (value: number) =>
    changeSettings((settings) => ({ ...settings, grid: { ...settings.grid, size: value } }));
  if (!hasPhotos) return null;
  return (
    <Slider
      label="Size of thumbnails"
      min={SIZES.min}
      max={SIZES.max}
      step={SIZES.step}
      value={draft ?? size}
      text={`${draft ?? size} pixels`}
      onChange={(value) => {
        setDraft(value);
        set(value);
      }}
      onCommit={() => setDraft(null)}
    />
  );
}
