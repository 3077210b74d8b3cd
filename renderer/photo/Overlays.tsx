/** What can be laid over a photo: clipping, focus map, thirds, faces, and the frame of a suggestion. */
import { useEffect, useRef } from 'react';
import type { Face } from '../../shared/face.ts';
import { focusOfTile } from '../../shared/facts.ts';
import { FOCUS_TILES } from '../../shared/measures.ts';
import type { PhotoDetail } from '../../shared/photo.ts';
import type { Rectangle, Size } from '../picture/geometry.ts';
import { paintClipping } from '../picture/pixels.ts';
import { faceTone, faceWords } from './FaceCrops.tsx';
import { readPixels } from './pictures.ts';

export interface OverlayChoice {
  readonly clipping: boolean;
  /** Tiles of the focus map (shared/facts.ts), null for none. */
  readonly focus: string | null;
  readonly thirds: boolean;
  /** Named regions, null for none. */
  readonly faces: PhotoDetail['faces'] | null;
  /** Faces that were found in the pixels, null for none. */
  readonly found: readonly Face[] | null;
}

interface OverlayInput {
  readonly choice: OverlayChoice;
  /** The picture on screen. */
  readonly image: HTMLImageElement | null;
  /** CSS filter that the picture is seen through. */
  readonly filter: string;
  /** The photo's rectangle in the pane. */
  readonly rectangle: Rectangle;
  readonly pane: Size;
}

/** Largest edge of the clipping overlay: the screen preview's own, and more than a pane shows of an original. */
const CLIPPING_EDGE = 2560;
/** Pause after a movement before the overlay is computed again, in milliseconds. */
const CALM = 60;

const clamp = (value: number): number => Math.min(1, Math.max(0, value));

/** The part of the photo that is in the pane, as shares. */
function visiblePart(rectangle: Rectangle, pane: Size): Rectangle {
  const left = clamp(-rectangle.left / rectangle.width);
  const top = clamp(-rectangle.top / rectangle.height);
  return {
    left,
    top,
    width: clamp((pane.width - rectangle.left) / rectangle.width) - left,
    height: clamp((pane.height - rectangle.top) / rectangle.height) - top,
  };
}

const percent = (share: number): string => `${(share * 100).toFixed(3)}%`;

function Clipping(props: Omit<OverlayInput, 'choice'>): React.JSX.Element {
  const canvas = useRef<HTMLCanvasElement>(null);
  const { image, filter, rectangle, pane } = props;
  const { left, top, width, height } = visiblePart(rectangle, pane);
  useEffect(() => {
    const timer = setTimeout(() => {
      const element = canvas.current;
      if (element === null || image === null || width <= 0 || height <= 0) {
        return;
      }
      const pixels = readPixels(image, { left, top, width, height }, CLIPPING_EDGE, filter);
      if (pixels === null) {
        return;
      }
      const found = paintClipping(pixels.data);
      element.width = pixels.width;
      element.height = pixels.height;
      element.getContext('2d')?.putImageData(pixels, 0, 0);
      Object.assign(element.style, {
        left: percent(left),
        top: percent(top),
        width: percent(width),
        height: percent(height),
      });
      element.dataset.highlights = found.highlights.toFixed(4);
      element.dataset.shadows = found.shadows.toFixed(4);
      element.setAttribute(
        'aria-label',
        `Clipping: ${(found.highlights * 100).toFixed(1)} % of what is shown is white, ` +
          `${(found.shadows * 100).toFixed(1)} % black`,
      );
    }, CALM);
    return () => clearTimeout(timer);
  }, [image, filter, left, top, width, height]);
  return <canvas ref={canvas} className="overlay-clipping" role="img" aria-label="Clipping" />;
}

/** Sharp tiles glow, soft ones stay dark; tiles without structure stay as they are. */
function FocusMap(props: { tiles: string }): React.JSX.Element {
  const tiles = Array.from({ length: FOCUS_TILES * FOCUS_TILES }, (_, index) =>
    focusOfTile({ focusTiles: props.tiles }, index % FOCUS_TILES, Math.floor(index / FOCUS_TILES)),
  );
  const judged = tiles.filter((focus) => focus !== null);
  const highest = Math.max(1, ...judged);
  const sharp = judged.filter((focus) => focus >= highest * 0.7).length;
  return (
    <svg
      className="overlay-focus"
      viewBox={`0 0 ${FOCUS_TILES} ${FOCUS_TILES}`}
      preserveAspectRatio="none"
      role="img"
      aria-label={`Focus map: ${sharp} of ${judged.length} parts with detail are sharp`}
    >
      {tiles.map((focus, index) => {
        if (focus === null) {
          return null;
        }
        const share = focus / highest;
        return (
          <rect
            // biome-ignore lint/suspicious/noArrayIndexKey: a tile is its place.
            key={index}
            x={index % FOCUS_TILES}
            y={Math.floor(index / FOCUS_TILES)}
            width={1}
            height={1}
            className={share >= 0.5 ? 'overlay-sharp' : 'overlay-soft'}
            fillOpacity={(Math.abs(share - 0.5) * 1.1).toFixed(2)}
          />
        );
      })}
    </svg>
  );
}

function Thirds(): React.JSX.Element {
  return (
    <svg className="overlay-thirds" viewBox="0 0 3 3" preserveAspectRatio="none" aria-hidden="true">
      <path d="M1 0V3M2 0V3M0 1H3M0 2H3" vectorEffect="non-scaling-stroke" />
    </svg>
  );
}

function Faces(props: { faces: PhotoDetail['faces'] }): React.JSX.Element {
  return (
    <ul className="overlay-faces" aria-label="Faces">
      {props.faces.map((face) => (
        <li
          key={`${face.x},${face.y},${face.name}`}
          style={{
            left: percent(face.x),
            top: percent(face.y),
            width: percent(face.width),
            height: percent(face.height),
          }}
        >
          <span>{face.name ?? 'Unnamed'}</span>
        </li>
      ))}
    </ul>
  );
}

/** A named region of the file that lies around a found face says who it is. */
function nameOf(face: Face, named: PhotoDetail['faces']): string | null {
  const [x, y] = [face.left + face.width / 2, face.top + face.height / 2];
  const around = named.find(
    (region) => x >= region.x && x <= region.x + region.width && y >= region.y && y <= region.y + region.height,
  );
  return around?.name ?? null;
}

function FoundFaces(props: { found: readonly Face[]; named: PhotoDetail['faces'] }): React.JSX.Element {
  return (
    <ul className="overlay-faces" aria-label="Faces that were found">
      {props.found.map((face) => {
        const name = nameOf(face, props.named);
        return (
          <li
            key={`${face.left},${face.top}`}
            data-tone={faceTone(face)}
            data-prominent={face.prominent || undefined}
            style={{
              left: percent(face.left),
              top: percent(face.top),
              width: percent(face.width),
              height: percent(face.height),
            }}
          >
            <span>
              {name === null ? '' : `${name} · `}
              {faceWords(face)}
            </span>
          </li>
        );
      })}
    </ul>
  );
}

export function Overlays(props: OverlayInput): React.JSX.Element {
  const { choice, ...shown } = props;
  return (
    <>
      {choice.focus !== null && <FocusMap tiles={choice.focus} />}
      {choice.clipping && <Clipping {...shown} />}
      {choice.thirds && <Thirds />}
      {choice.faces !== null && (
        <Faces faces={choice.faces.filter((region) => !(choice.found ?? []).some((face) => nameOf(face, [region])))} />
      )}
      {choice.found !== null && <FoundFaces found={choice.found} named={choice.faces ?? []} />}
    </>
  );
}

/** What a suggestion would keep: the rest is dimmed. */
export function FrameOverlay(props: { frame: Rectangle }): React.JSX.Element {
  const { left, top, width, height } = props.frame;
  return (
    <div
      className="overlay-frame"
      style={{ left: percent(left), top: percent(top), width: percent(width), height: percent(height) }}
    />
  );
}
