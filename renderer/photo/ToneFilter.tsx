/** The tones of a preview as an SVG filter, so that the picture's own pixels are shown changed and never copied. */
import type { Preview } from './adjust.ts';

const table = (curve: readonly number[]): string => curve.map((value) => value.toFixed(4)).join(' ');

export function ToneFilter(props: { id: string; preview: Preview }): React.JSX.Element {
  const { curves, matrix } = props.preview;
  return (
    <svg className="surface-filter" aria-hidden="true" width="0" height="0">
      <filter id={props.id} colorInterpolationFilters="sRGB" x="0" y="0" width="1" height="1">
        {curves !== null && (
          <feComponentTransfer>
            <feFuncR type="table" tableValues={table(curves.red)} />
            <feFuncG type="table" tableValues={table(curves.green)} />
            <feFuncB type="table" tableValues={table(curves.blue)} />
          </feComponentTransfer>
        )}
        {matrix !== null && <feColorMatrix type="matrix" values={matrix.join(' ')} />}
      </filter>
    </svg>
  );
}
