/** Progress as a flat bar of two pixels; without a share it says only that something runs. */
export function Bar({ share, label, still = false }: { share: number | null; label: string; still?: boolean }) {
  return (
    <div
      className={`bar${still ? ' still' : ''}`}
      role="progressbar"
      aria-label={label}
      aria-valuemin={0}
      aria-valuemax={100}
      aria-valuenow={share === null ? undefined : Math.round(share * 100)}
    >
      <div style={share === null ? undefined : { transform: `scaleX(${share})` }} data-unknown={share === null} />
    </div>
  );
}
