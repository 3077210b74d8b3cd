/** Every face of a photo side by side, cut from its preview, with what can be told of the eyes. */
import { eyesText, type Face, SOFT_EYES } from '../../shared/face.ts';
import type { PhotoRow } from '../../shared/photo.ts';
import { pictureUrl } from '../store/stores.ts';
import './faces.css';

/** Faces shown at once: of a crowd the largest. */
const MOST = 12;
/** Edge of a crop over the width of the face. */
const AROUND = 1.15;

/** What a chip says: eyes first, then softness. */
export function faceWords(face: Face): string {
  const soft = face.eyeFocus !== null && face.eyeFocus < SOFT_EYES;
  return `${eyesText(face)}${soft ? ', soft' : ''}`;
}

/** `open`, `closed`, `soft` or `unknown`: the color of a chip. */
export function faceTone(face: Face): string {
  if (face.eyes === 'closed') return 'closed';
  if (face.eyeFocus !== null && face.eyeFocus < SOFT_EYES) return 'soft';
  return face.eyes;
}

export function FaceCrops({
  row,
  faces,
  edge,
  onPick,
}: {
  row: PhotoRow;
  faces: readonly Face[];
  /** CSS pixels. */
  edge: number;
  /** A click on a face; none: they are no buttons. */
  onPick?: (face: Face) => void;
}) {
  const url = pictureUrl('screen', row);
  return (
    <ul className="face-crops" aria-label="Faces and eyes">
      {faces.slice(0, MOST).map((face, index) => {
        const crop = <span className="face-crop" style={cropOf(face, row, edge, url)} />;
        const words = <span className="face-words">{faceWords(face)}</span>;
        const name = `Face ${index + 1}: ${faceWords(face)}${face.prominent ? '' : ', in the background'}`;
        return (
          <li
            key={`${face.left},${face.top}`}
            data-tone={faceTone(face)}
            data-prominent={face.prominent || undefined}
            style={{ width: `${edge}px` }}
          >
            {onPick === undefined ? (
              <span role="img" aria-label={name} title={name}>
                {crop}
              </span>
            ) : (
              <button
                type="button"
                aria-label={`${name}. Show the eye at 100 %`}
                title={name}
                onClick={() => onPick(face)}
              >
                {crop}
              </button>
            )}
            {words}
          </li>
        );
      })}
      {faces.length > MOST && <li className="meta">and {faces.length - MOST} more</li>}
    </ul>
  );
}

/** The square around a face's eyes and mouth, as a background of an element of this edge. */
function cropOf(face: Face, { width, height }: PhotoRow, edge: number, url: string): React.CSSProperties {
  const pixels = Math.max(1, AROUND * Math.max(face.width * width, 0.85 * face.height * height));
  const scale = edge / pixels;
  const x = (face.left + face.width / 2) * width - pixels / 2;
  const y = (face.top + face.height / 2) * height - pixels / 2;
  return {
    width: `${edge}px`,
    height: `${edge}px`,
    backgroundImage: `url("${url}")`,
    backgroundSize: `${width * scale}px ${height * scale}px`,
    backgroundPosition: `${-x * scale}px ${-y * scale}px`,
  };
}
