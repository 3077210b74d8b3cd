/**
 * Where every photo of the order stands, computed at once in typed arrays: 100,000 photos take a few milliseconds.
 * All lengths are whole CSS pixels, so that tiles are crisp. Pure, for tests.
 */

export interface LayoutInput {
  /** Width ÷ height of each photo, in the view's order. */
  readonly ratios: Float32Array;
  readonly sections: readonly { readonly start: number; readonly count: number; readonly label: string }[];
  readonly mode: 'justified' | 'square';
  /** Room for tiles between the paddings. */
  readonly width: number;
  /** Wanted height of a row. */
  readonly size: number;
  readonly gap: number;
  /** Room under every row for what stands below its photos. */
  readonly caption: number;
  /** Height of a section's header. */
  readonly header: number;
  /** Room between sections, and above the first row where there is no header. */
  readonly space: number;
}

export interface Layout {
  readonly height: number;
  readonly count: number;
  readonly rows: number;
  /** Index of the first photo of each row, and the count at the end. */
  readonly rowStart: Uint32Array;
  readonly rowTop: Float64Array;
  readonly rowHeight: Float64Array;
  /** Section of each row. */
  readonly rowSection: Uint32Array;
  /** Left edge and width of each photo. */
  readonly left: Float32Array;
  readonly width: Float32Array;
  readonly sections: readonly SectionPlace[];
}

export interface SectionPlace {
  /** Top of the header, or of the first row where there is none. */
  readonly top: number;
  readonly height: number;
  readonly hasHeader: boolean;
  readonly firstRow: number;
  readonly endRow: number;
  /** Index in the order's sections; -1 for an order without any. */
  readonly index: number;
}

/** Extreme frames are laid out as these and cropped, so that one cannot push a row to nothing or to a tower. */
const NARROWEST = 0.4;
const WIDEST = 8;
/** A row may grow over the wanted height by this share at most before it is left open at its end. */
const TALLEST = 1.5;

export function layOut(input: LayoutInput): Layout {
  const { ratios, width, size, gap, caption, header, space } = input;
  const count = ratios.length;
  const rowStart: number[] = [];
  const rowTop: number[] = [];
  const rowHeight: number[] = [];
  const rowSection: number[] = [];
  const left = new Float32Array(count);
  const tileWidth = new Float32Array(count);
  const places: SectionPlace[] = [];
  const sections = input.sections.length > 0 ? input.sections : [{ start: 0, count, label: '' }];
  let top = 0;

  const addRow = (start: number, section: number, height: number): void => {
    rowStart.push(start);
    rowTop.push(top);
    rowHeight.push(height);
    rowSection.push(section);
    top += height + caption + gap;
  };

  sections.forEach((section, at) => {
    const sectionTop = top;
    const firstRow = rowStart.length;
    const hasHeader = section.label !== '';
    top += hasHeader ? header : space;
    const end = Math.min(count, section.start + section.count);
    if (input.mode === 'square') {
      const columns = Math.max(1, Math.round((width + gap) / (size + gap)));
      const side = Math.max(1, Math.floor((width - gap * (columns - 1)) / columns));
      for (let start = section.start; start < end; start += columns) {
        for (let index = start; index < Math.min(end, start + columns); index++) {
          left[index] = (index - start) * (side + gap);
          tileWidth[index] = side;
        }
        addRow(start, at, side);
      }
    } else {
      let start = section.start;
      while (start < end) {
        const { next, height } = justifiedRow(ratios, start, end, width, size, gap);
        let x = 0;
        for (let index = start; index < next; index++) {
          left[index] = Math.round(x);
          x += clampRatio(ratios[index]!) * height + gap;
          tileWidth[index] = Math.max(1, Math.round(x - gap) - left[index]!);
        }
        addRow(start, at, Math.round(height));
        start = next;
      }
    }
    if (rowStart.length > firstRow) top += -gap + space;
    places.push({
      top: sectionTop,
      height: top - sectionTop,
      hasHeader,
      firstRow,
      endRow: rowStart.length,
      index: input.sections.length > 0 ? at : -1,
    });
  });

  return {
    height: Math.max(0, top),
    count,
    rows: rowStart.length,
    rowStart: Uint32Array.from([...rowStart, count]),
    rowTop: Float64Array.from(rowTop),
    rowHeight: Float64Array.from(rowHeight),
    rowSection: Uint32Array.from(rowSection),
    left,
    width: tileWidth,
    sections: places,
  };
}

function clampRatio(ratio: number): number {
  return Math.max(NARROWEST, Math.min(WIDEST, ratio));
}

/** The photos from `start` that fill one row nearest to the wanted height, and the height at which they do. */
function justifiedRow(
  ratios: Float32Array,
  start: number,
  end: number,
  width: number,
  size: number,
  gap: number,
): { next: number; height: number } {
  let sum = 0;
  for (let index = start; index < end; index++) {
    const ratio = clampRatio(ratios[index]!);
    const gaps = gap * (index - start);
    const height = (width - gaps) / (sum + ratio);
    if (height <= size) {
      // With this photo the row is a little too low, without it a little too high: the nearer one wins.
      const without = index > start ? (width - gaps + gap) / sum : Number.POSITIVE_INFINITY;
      if (without <= size * TALLEST && without / size < size / height) return { next: index, height: without };
      return { next: index + 1, height };
    }
    sum += ratio;
  }
  const height = (width - gap * (end - start - 1)) / sum;
  return { next: end, height: Math.min(size, height) };
}

/** Row that holds a photo. @param index in the order */
export function rowOfPhoto(layout: Layout, index: number): number {
  return lastAtMost(layout.rowStart, index, layout.rows);
}

/** First row whose foot is below `y`; `rows` when none is. */
export function firstRowBelow(layout: Layout, y: number): number {
  let low = 0;
  let high = layout.rows;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (layout.rowTop[middle]! + layout.rowHeight[middle]! > y) high = middle;
    else low = middle + 1;
  }
  return low;
}

/** Last index below `end` whose value is at most `value`; 0 when there is none. `values` rise. */
function lastAtMost(values: ArrayLike<number>, value: number, end: number): number {
  let low = 0;
  let high = end;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (values[middle]! <= value) low = middle + 1;
    else high = middle;
  }
  return Math.max(0, low - 1);
}

/** Photo of a row whose middle is nearest to `x`. */
export function nearestInRow(layout: Layout, row: number, x: number): number {
  let best = layout.rowStart[row]!;
  let distance = Number.POSITIVE_INFINITY;
  for (let index = best; index < layout.rowStart[row + 1]!; index++) {
    const away = Math.abs(layout.left[index]! + layout.width[index]! / 2 - x);
    if (away < distance) {
      distance = away;
      best = index;
    }
  }
  return best;
}

export interface Box {
  left: number;
  top: number;
  right: number;
  bottom: number;
}

/** Indexes of all photos that a rectangle touches, in order. */
export function photosIn(layout: Layout, box: Box): number[] {
  const found: number[] = [];
  for (let row = firstRowBelow(layout, box.top); row < layout.rows && layout.rowTop[row]! < box.bottom; row++) {
    for (let index = layout.rowStart[row]!; index < layout.rowStart[row + 1]!; index++) {
      const left = layout.left[index]!;
      if (left < box.right && left + layout.width[index]! > box.left) found.push(index);
    }
  }
  return found;
}

/** Photo that is `screens` heights away, in the column nearest to the one it starts from. */
export function pageFrom(layout: Layout, index: number, pixels: number): number {
  const row = rowOfPhoto(layout, index);
  const wanted = layout.rowTop[row]! + pixels;
  let target = Math.min(layout.rows - 1, firstRowBelow(layout, wanted));
  if (target === row) target = Math.max(0, Math.min(layout.rows - 1, row + Math.sign(pixels)));
  return nearestInRow(layout, target, layout.left[index]! + layout.width[index]! / 2);
}

/** Photo above or below, nearest to the same column; the photo itself at the ends. */
export function verticalFrom(layout: Layout, index: number, by: 1 | -1): number {
  const row = rowOfPhoto(layout, index) + by;
  if (row < 0 || row >= layout.rows) return index;
  return nearestInRow(layout, row, layout.left[index]! + layout.width[index]! / 2);
}
