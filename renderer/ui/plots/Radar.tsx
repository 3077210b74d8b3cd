/** The eight dimensions of a critique as one shape, with the library's median dotted behind it. */
import type { Critique } from '../../../shared/critique.ts';
import { DIMENSION_LABELS, DIMENSIONS, type Dimension } from '../../../shared/grade.ts';
import './plots.css';

const WIDTH = 336;
const HEIGHT = 186;
const RADIUS = 64;
const CENTER = { x: WIDTH / 2, y: HEIGHT / 2 };

function corner(index: number, value: number, count: number): { x: number; y: number } {
  const angle = (index / count) * 2 * Math.PI - Math.PI / 2;
  const length = (RADIUS * value) / 100;
  return { x: CENTER.x + length * Math.cos(angle), y: CENTER.y + length * Math.sin(angle) };
}

function outline(values: readonly number[]): string {
  return values
    .map((value, index) => {
      const { x, y } = corner(index, value, values.length);
      return `${x.toFixed(1)},${y.toFixed(1)}`;
    })
    .join(' ');
}

/** @param medians median of each dimension over the library, 0–100; drawn where all shown dimensions have one. */
export function Radar(props: {
  dimensions: Critique['dimensions'];
  medians: Partial<Record<Dimension, number>>;
  /** What labels do when they are pointed at. */
  attributes?: Partial<Record<Dimension, React.SVGAttributes<SVGTextElement>>>;
}): React.JSX.Element | null {
  const shown = DIMENSIONS.filter((name) => props.dimensions[name] !== undefined);
  if (shown.length < 3) {
    return null;
  }
  const values = shown.map((name) => props.dimensions[name]!.value);
  const medians = shown.map((name) => props.medians[name]);
  const hasMedians = medians.every((value) => value !== undefined);
  const words = shown
    .map((name, index) => {
      const median = hasMedians ? ` (median ${Math.round(medians[index]!)})` : '';
      return `${DIMENSION_LABELS[name]} ${Math.round(values[index]!)}${median}`;
    })
    .join(', ');
  return (
    <svg className="plot" viewBox={`0 0 ${WIDTH} ${HEIGHT}`} role="img" aria-label={`Dimensions: ${words}`}>
      {[100, 66, 33].map((ring) => (
        <polygon key={ring} className="plot-line" points={outline(shown.map(() => ring))} />
      ))}
      {hasMedians && <polygon className="plot-median" points={outline(medians as number[])} />}
      <polygon className="plot-this" points={outline(values)} />
      {shown.map((name, index) => {
        const at = corner(index, 118, shown.length);
        const side = Math.abs(at.x - CENTER.x) < 2 ? 'middle' : at.x < CENTER.x ? 'end' : 'start';
        return (
          <text key={name} x={at.x} y={at.y + 4} textAnchor={side} {...props.attributes?.[name]}>
            {DIMENSION_LABELS[name]} <tspan className="plot-strong">{Math.round(values[index]!)}</tspan>
          </text>
        );
      })}
    </svg>
  );
}
