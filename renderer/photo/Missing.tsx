/** What is not in the file of an incomplete photo, over the place where it would be. */
import type { CSSProperties } from 'react';
import { type Measures, SIDES, type Side } from '../../shared/facts.ts';
import type { Rectangle, Size } from '../picture/geometry.ts';

export interface MissingPart {
  /** Of the picture, 0–1. */
  readonly share: number;
  readonly side: Side;
}

/** Below this nothing is seen of it. */
const LEAST_SHARE = 0.005;
/** What the sentence needs of the pane, CSS pixels. */
const ROOM = { width: 220, height: 36 };

/** From the measures of a photo's detail; null for a whole picture. */
export function missingPart(measures: Readonly<Record<string, unknown>> | null): MissingPart | null {
  const { missing, missingAt } = (measures ?? {}) as Partial<Measures>;
  if (typeof missing !== 'number' || missing < LEAST_SHARE) return null;
  return { share: missing, side: SIDES.find((side) => side === missingAt) ?? 'bottom' };
}

function missingWords({ share }: MissingPart): string {
  return `${Math.max(1, Math.round(share * 100))} % of the picture is missing in the file`;
}

/** The part in shares of the photo. */
function placeOf({ share, side }: MissingPart): Rectangle {
  if (side === 'bottom') return { left: 0, top: 1 - share, width: 1, height: share };
  if (side === 'right') return { left: 1 - share, top: 0, width: share, height: 1 };
  return side === 'top' ? { left: 0, top: 0, width: 1, height: share } : { left: 0, top: 0, width: share, height: 1 };
}

/** Where the sentence stands: in the middle of what is seen of the part, else at its edge within the picture. */
function sentencePlace(part: Rectangle, rectangle: Rectangle, pane: Size): CSSProperties | null {
  const axis = (from: number, length: number, start: number, size: number, limit: number, room: number) => {
    const low = Math.max(0, start + from * size);
    const high = Math.min(limit, start + (from + length) * size);
    if (high <= low) return null;
    const middle = Math.min(Math.max((low + high) / 2, room / 2), limit - room / 2);
    return middle - start;
  };
  const x = axis(part.left, part.width, rectangle.left, rectangle.width, pane.width, ROOM.width);
  const y = axis(part.top, part.height, rectangle.top, rectangle.height, pane.height, ROOM.height);
  return x === null || y === null ? null : { left: x, top: y };
}

export function Missing(props: { part: MissingPart; rectangle: Rectangle; pane: Size }): React.JSX.Element {
  const place = placeOf(props.part);
  const sentence = sentencePlace(place, props.rectangle, props.pane);
  const percent = (share: number): string => `${(share * 100).toFixed(2)}%`;
  return (
    <>
      <div
        className="missing-part"
        data-side={props.part.side}
        style={{
          left: percent(place.left),
          top: percent(place.top),
          width: percent(place.width),
          height: percent(place.height),
        }}
      />
      {sentence !== null && (
        <p className="missing-words" style={sentence}>
          {missingWords(props.part)}
        </p>
      )}
    </>
  );
}
