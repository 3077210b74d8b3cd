import { changeSettings } from '../../store/stores.ts';

/** Height of a row in CSS pixels, as the slider and the keys change it. */
export const SIZES = { min: 80, max: 480, step: 10 };

/** A step of the size in keys: a sixth, rounded to the slider's steps. */
export function changeSize(by: 1 | -1): void {
  changeSettings((settings) => {
    const { size } = settings.grid;
    const stepped = Math.round((by === 1 ? (size * 7) / 6 : (size * 6) / 7) / SIZES.step) * SIZES.step;
    const next = stepped === size ? stepped + by * SIZES.step : stepped;
    return { ...settings, grid: { ...settings.grid, size: Math.max(SIZES.min, Math.min(SIZES.max, next)) } };
  });
}
