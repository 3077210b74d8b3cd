/** The line between a panel and the photos: drag it, or focus it and use the arrow keys, to change the panel's width. */
export function Edge({
  side,
  label,
  value,
  min,
  max,
  onChange,
}: {
  side: 'left' | 'right';
  label: string;
  value: number;
  min: number;
  max: number;
  onChange: (width: number) => void;
}) {
  const sign = side === 'left' ? 1 : -1;
  const set = (width: number) => onChange(Math.round(Math.max(min, Math.min(max, width)) / 2) * 2);
  return (
    // biome-ignore lint/a11y/useSemanticElements: an hr cannot be moved
    <div
      className={`edge ${side}`}
      role="separator"
      aria-orientation="vertical"
      aria-label={label}
      aria-valuenow={value}
      aria-valuemin={min}
      aria-valuemax={max}
      tabIndex={0}
      onKeyDown={(event) => {
        const by = { ArrowLeft: -16, ArrowRight: 16 }[event.key];
        if (by === undefined) return;
        event.preventDefault();
        set(value + by * sign);
      }}
      onPointerDown={(event) => {
        const { currentTarget, pointerId, clientX } = event;
        event.preventDefault();
        currentTarget.setPointerCapture(pointerId);
        const move = (moved: PointerEvent) => set(value + (moved.clientX - clientX) * sign);
        const end = () => {
          currentTarget.removeEventListener('pointermove', move);
          currentTarget.removeEventListener('lostpointercapture', end);
        };
        currentTarget.addEventListener('pointermove', move);
        currentTarget.addEventListener('lostpointercapture', end);
      }}
    />
  );
}
