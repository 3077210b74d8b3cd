/** How the grades of a view are spread, with this photo's place in it. */
import './plots.css';

const WIDTH = 312;
const HEIGHT = 92;
const BASE = 70;
const TOP = 18;

/**
 * @param bins counts of grades in equal bins from 0 to 100. @param value this photo's grade, null when it has none.
 * @param what the view in words, such as "this view".
 */
export function Distribution(props: {
  bins: readonly number[];
  value: number | null;
  median: number | null;
  what: string;
}): React.JSX.Element | null {
  const { bins, value, median } = props;
  const total = bins.reduce((sum, count) => sum + count, 0);
  if (total < 2) {
    return null;
  }
  const highest = Math.max(...bins);
  const step = WIDTH / bins.length;
  const own = value === null ? -1 : Math.min(bins.length - 1, Math.floor((value / 100) * bins.length));
  const at = value === null ? null : (value / 100) * WIDTH;
  const words =
    `Grades of the ${total.toLocaleString('en')} graded photos of ${props.what}` +
    (median === null ? '' : `, median ${Math.round(median)}`) +
    (value === null ? '' : `; this photo has ${Math.round(value)}`);
  return (
    <svg className="plot" viewBox={`0 0 ${WIDTH} ${HEIGHT}`} role="img" aria-label={words}>
      {bins.map((count, index) => {
        const height = count === 0 ? 0 : Math.max(1.5, ((BASE - TOP) * count) / highest);
        return (
          <rect
            // biome-ignore lint/suspicious/noArrayIndexKey: a bin is its place.
            key={index}
            className={index === own ? 'plot-mark' : 'plot-rest'}
            x={index * step + 0.75}
            y={BASE - height}
            width={step - 1.5}
            height={height}
          />
        );
      })}
      <line className="plot-line" x1={0} x2={WIDTH} y1={BASE + 0.5} y2={BASE + 0.5} />
      {median !== null && (
        <line className="plot-median" x1={(median / 100) * WIDTH} x2={(median / 100) * WIDTH} y1={TOP} y2={BASE} />
      )}
      {at !== null && (
        <text className="plot-strong" x={Math.min(Math.max(at, 14), WIDTH - 14)} y={TOP - 6} textAnchor="middle">
          {Math.round(value!)}
        </text>
      )}
      <text x={0} y={HEIGHT - 6}>
        0
      </text>
      {median !== null && (
        <text x={Math.min(Math.max((median / 100) * WIDTH, 50), WIDTH - 60)} y={HEIGHT - 6} textAnchor="middle">
          median {Math.round(median)}
        </text>
      )}
      <text x={WIDTH} y={HEIGHT - 6} textAnchor="end">
        100
      </text>
    </svg>
  );
}
