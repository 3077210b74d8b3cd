/** Where on the photo something was measured, laid exactly over it: what was measured stays light, the rest steps back. */
import { useEffect, useRef } from 'react';
import {
  EVIDENCE_FACTS,
  evidenceText,
  type LocatedEvidence,
  maskPixels,
  type PlacedShape,
} from '../../shared/evidence.ts';

type Tone = (typeof EVIDENCE_FACTS)[keyof typeof EVIDENCE_FACTS]['tone'];

type Rgba = readonly [number, number, number, number];
const CLEAR: Rgba = [0, 0, 0, 0];
const DIM: Rgba = [11, 11, 12, 100];

/** What was burnt or blocked has the clipping overlay's colors; any other place is the photo itself, the rest dark. */
const COLORS: Readonly<Record<Tone, { readonly lit: Rgba; readonly rest: Rgba }>> = {
  white: { lit: [229, 84, 79, 235], rest: DIM },
  black: { lit: [91, 148, 240, 235], rest: DIM },
  place: { lit: CLEAR, rest: [11, 11, 12, 168] },
};

const percent = (share: number): string => `${(share * 100).toFixed(3)}%`;

function Mask({ place, tone, dims }: { place: PlacedShape<'mask'>; tone: Tone; dims: boolean }): React.JSX.Element {
  const canvas = useRef<HTMLCanvasElement>(null);
  useEffect(() => {
    const element = canvas.current;
    const context = element?.getContext('2d');
    if (element == null || context == null) return;
    const pixels = maskPixels(place);
    const image = new ImageData(place.width, place.height);
    let drawn = 0;
    for (const [at, isLit] of pixels.entries()) {
      image.data.set(isLit === 1 ? COLORS[tone].lit : dims ? COLORS[tone].rest : CLEAR, at * 4);
      drawn += isLit;
    }
    element.width = place.width;
    element.height = place.height;
    context.putImageData(image, 0, 0);
    element.dataset.share = (drawn / pixels.length).toFixed(6);
  }, [place, tone, dims]);
  return <canvas ref={canvas} className="evidence-mask" />;
}

/** Borders between lit tiles and others, as one path. */
function outlineOf({ columns, rows, tiles }: PlacedShape<'tiles'>): string {
  const isLit = (x: number, y: number) => x >= 0 && y >= 0 && x < columns && y < rows && tiles[y * columns + x] === '1';
  let path = '';
  for (let y = 0; y <= rows; y++) {
    for (let x = 0; x <= columns; x++) {
      if (x < columns && isLit(x, y) !== isLit(x, y - 1)) path += `M${x} ${y}h1`;
      if (y < rows && isLit(x, y) !== isLit(x - 1, y)) path += `M${x} ${y}v1`;
    }
  }
  return path;
}

function Tiles({ place }: { place: PlacedShape<'tiles'> }): React.JSX.Element {
  const { columns, rows, tiles } = place;
  let dark = '';
  for (let at = 0; at < tiles.length; at++)
    if (tiles[at] !== '1') dark += `M${at % columns} ${Math.floor(at / columns)}h1v1h-1z`;
  const lit = [...tiles].filter((one) => one === '1').length;
  return (
    <svg
      className="evidence-tiles"
      viewBox={`0 0 ${columns} ${rows}`}
      preserveAspectRatio="none"
      data-share={(lit / tiles.length).toFixed(6)}
      aria-hidden="true"
    >
      <path className="evidence-dark" d={dark} />
      <path className="evidence-halo" d={outlineOf(place)} vectorEffect="non-scaling-stroke" />
      <path className="evidence-line" d={outlineOf(place)} vectorEffect="non-scaling-stroke" />
    </svg>
  );
}

function Strokes({ path }: { path: string }): React.JSX.Element {
  return (
    <svg className="evidence-strokes" viewBox="0 0 1 1" preserveAspectRatio="none" aria-hidden="true">
      <path className="evidence-halo" d={path} vectorEffect="non-scaling-stroke" />
      <path className="evidence-line" d={path} vectorEffect="non-scaling-stroke" />
    </svg>
  );
}

function Place({ evidence: { kind, place }, dims }: { evidence: LocatedEvidence; dims: boolean }): React.JSX.Element {
  switch (place.shape) {
    case 'mask':
      return <Mask place={place} tone={EVIDENCE_FACTS[kind].tone} dims={dims} />;
    case 'tiles':
      return <Tiles place={place} />;
    case 'lines':
      return <Strokes path={place.lines.map(({ from, to }) => `M${from.x} ${from.y}L${to.x} ${to.y}`).join('')} />;
    case 'point':
      return (
        <>
          <Strokes path={`M${place.at.x} ${place.at.y}L${place.beside.x} ${place.beside.y}`} />
          <span className="evidence-point" style={{ left: percent(place.at.x), top: percent(place.at.y) }} />
          <span
            className="evidence-point"
            data-beside
            style={{ left: percent(place.beside.x), top: percent(place.beside.y) }}
          />
        </>
      );
    case 'boxes':
      return (
        <>
          {place.boxes.map(({ left, top, width, height }) => (
            <span
              key={`${left},${top}`}
              className="evidence-box"
              style={{ left: percent(left), top: percent(top), width: percent(width), height: percent(height) }}
            />
          ))}
        </>
      );
  }
}

/** In the photo's own rectangle. */
export function EvidencePlaces({ lit }: { lit: readonly LocatedEvidence[] }): React.JSX.Element | null {
  if (lit.length === 0) return null;
  return (
    <div className="evidence" aria-hidden="true">
      {lit.map((one, at) => (
        <div
          key={one.kind}
          className="evidence-part"
          data-kind={one.kind}
          style={{
            left: percent(one.part.left),
            top: percent(one.part.top),
            width: percent(one.part.width),
            height: percent(one.part.height),
          }}
        >
          {/* What several dim would be black. */}
          <Place evidence={one} dims={at === 0} />
        </div>
      ))}
    </div>
  );
}

/** In the pane, where it is read at every zoom. A screen reader hears it. */
export function EvidenceWords({ lit }: { lit: readonly LocatedEvidence[] }): React.JSX.Element {
  return (
    <p className="evidence-words" role="status" data-empty={lit.length === 0 || undefined}>
      {lit.map((one) => evidenceText(one)).join(' · ')}
    </p>
  );
}
