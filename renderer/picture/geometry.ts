/**
 * Where a photo lies in its pane: fitting, zooming to a point, panning, and the same for photos that move together.
 * All lengths are CSS pixels. Points of a photo are shares of its width and height (0–1 from top left), so that one
 * placement can be applied to photos of different sizes.
 */

export interface Size {
  readonly width: number;
  readonly height: number;
}

export interface Point {
  readonly x: number;
  readonly y: number;
}

export interface Rectangle {
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
}

/** Which point of the photo is in the middle of the pane, and how large the photo is drawn. */
export interface Placement extends Point {
  /** CSS pixels for one photo pixel; null fits the whole photo into the pane. */
  readonly scale: number | null;
}

export const FIT: Placement = { scale: null, x: 0.5, y: 0.5 };

/** Largest scale, in device pixels for one photo pixel. */
export const LARGEST_SCALE = 8;

/** How far a photo smaller than its pane is enlarged when it is fitted. */
const LARGEST_FIT = 4;

const isEmpty = (size: Size): boolean => size.width <= 0 || size.height <= 0;

const clamp = (value: number, low: number, high: number): number => Math.min(Math.max(value, low), high);

/** Scale at which the whole photo is just visible. */
export function fitScale(photo: Size, pane: Size): number {
  if (isEmpty(photo) || isEmpty(pane)) {
    return 1;
  }
  return Math.min(pane.width / photo.width, pane.height / photo.height, LARGEST_FIT);
}

/** Scale that a placement means in this pane. */
export function scaleOf(placement: Placement, photo: Size, pane: Size): number {
  return placement.scale ?? fitScale(photo, pane);
}

/** Keeps one axis filled where the photo is larger than the pane, and centred where it is not. */
function settleAxis(center: number, shown: number, pane: number): number {
  if (shown <= pane) {
    return 0.5;
  }
  const half = pane / 2 / shown;
  return clamp(center, half, 1 - half);
}

/**
 * The nearest placement that shows no more emptiness than it must. A scale not above the fitting one becomes "fit".
 * @param pixelRatio device pixels for one CSS pixel.
 */
export function settle(placement: Placement, photo: Size, pane: Size, pixelRatio = 1): Placement {
  const smallest = fitScale(photo, pane);
  const scale =
    placement.scale === null
      ? smallest
      : clamp(placement.scale, smallest, Math.max(smallest, LARGEST_SCALE / pixelRatio));
  if (placement.scale === null || scale <= smallest * 1.0001) {
    return FIT;
  }
  return {
    scale,
    x: settleAxis(placement.x, photo.width * scale, pane.width),
    y: settleAxis(placement.y, photo.height * scale, pane.height),
  };
}

/** The photo's rectangle in the pane, from the pane's top left corner; it may reach beyond the pane. */
export function rectangleOf(placement: Placement, photo: Size, pane: Size): Rectangle {
  const scale = scaleOf(placement, photo, pane);
  const width = photo.width * scale;
  const height = photo.height * scale;
  return {
    left: pane.width / 2 - settleAxis(placement.x, width, pane.width) * width,
    top: pane.height / 2 - settleAxis(placement.y, height, pane.height) * height,
    width,
    height,
  };
}

/** Point of the photo (shares, may lie outside 0–1) under a point of the pane. */
export function photoPointAt(placement: Placement, photo: Size, pane: Size, at: Point): Point {
  const { left, top, width, height } = rectangleOf(placement, photo, pane);
  return { x: width > 0 ? (at.x - left) / width : 0.5, y: height > 0 ? (at.y - top) / height : 0.5 };
}

/**
 * Zooms so that the point of the photo under the pointer stays under it, as far as the photo's edges allow.
 * @param scale wanted CSS pixels for one photo pixel. @param pixelRatio device pixels for one CSS pixel.
 */
export function zoomAt(
  placement: Placement,
  photo: Size,
  pane: Size,
  pointer: Point,
  scale: number,
  pixelRatio = 1,
): Placement {
  const smallest = fitScale(photo, pane);
  const wanted = clamp(scale, smallest, Math.max(smallest, LARGEST_SCALE / pixelRatio));
  const point = photoPointAt(placement, photo, pane, pointer);
  return settle(
    {
      scale: wanted,
      x: point.x + (pane.width / 2 - pointer.x) / (photo.width * wanted),
      y: point.y + (pane.height / 2 - pointer.y) / (photo.height * wanted),
    },
    photo,
    pane,
    pixelRatio,
  );
}

/** Zooms so that a point of the photo (shares) comes to the middle of the pane, as far as the edges allow. */
export function zoomTo(photo: Size, pane: Size, point: Point, scale: number, pixelRatio = 1): Placement {
  return settle({ scale, x: point.x, y: point.y }, photo, pane, pixelRatio);
}

/**
 * Scale of the zoom key: 100 % of the original's pixels. A photo that is fitted at about that size or beyond is
 * enlarged to twice its fitted size, so that the key always shows more.
 */
export function closeScale(photo: Size, pane: Size, pixelRatio = 1): number {
  const fitted = fitScale(photo, pane);
  return fitted * pixelRatio > 0.9 ? 2 * fitted : 1 / pixelRatio;
}

/** Moves the photo with the pointer. @param by movement of the pointer in CSS pixels. */
export function panBy(placement: Placement, photo: Size, pane: Size, by: Point, pixelRatio = 1): Placement {
  if (placement.scale === null) {
    return FIT;
  }
  return settle(
    {
      scale: placement.scale,
      x: placement.x - by.x / (photo.width * placement.scale),
      y: placement.y - by.y / (photo.height * placement.scale),
    },
    photo,
    pane,
    pixelRatio,
  );
}

/** Steps of the zoom keys, in device pixels for one photo pixel. */
const STEPS = [0.0625, 0.125, 0.25, 0.5, 1, 2, 4, LARGEST_SCALE];

/** Next scale of the zoom keys above or below the present one; below the smallest step the photo is fitted. */
export function nextScale(scale: number, direction: 'in' | 'out', pixelRatio = 1): number {
  const now = scale * pixelRatio;
  const next =
    direction === 'in'
      ? (STEPS.find((step) => step > now * 1.01) ?? LARGEST_SCALE)
      : (STEPS.findLast((step) => step < now * 0.99) ?? 0);
  return next / pixelRatio;
}

/**
 * Placement of one photo among several that move together: the common one, moved by the photo's own offset (shares).
 * Frames of a burst are rarely framed the same; the offset lines them up.
 */
export function placementWithOffset(common: Placement, offset: Point): Placement {
  return common.scale === null ? FIT : { scale: common.scale, x: common.x + offset.x, y: common.y + offset.y };
}

/** Rectangles that tile a pane with photos of these aspect ratios (width ÷ height), each as large as it can be. */
export function tile(aspects: readonly number[], pane: Size, gap: number): Rectangle[] {
  let best: { columns: number; area: number } = { columns: 1, area: -1 };
  for (let columns = 1; columns <= aspects.length; columns++) {
    const cell = cellOf(aspects.length, columns, pane, gap);
    const area = aspects.reduce((sum, aspect) => {
      const width = Math.min(cell.width, cell.height * aspect);
      return sum + (width * width) / aspect;
    }, 0);
    if (cell.width > 0 && cell.height > 0 && area > best.area) {
      best = { columns, area };
    }
  }
  const cell = cellOf(aspects.length, best.columns, pane, gap);
  return aspects.map((_, index) => {
    const row = Math.floor(index / best.columns);
    const inRow = Math.min(best.columns, aspects.length - row * best.columns);
    const indent = ((best.columns - inRow) * (cell.width + gap)) / 2;
    return {
      left: indent + (index % best.columns) * (cell.width + gap),
      top: row * (cell.height + gap),
      width: cell.width,
      height: cell.height,
    };
  });
}

function cellOf(count: number, columns: number, pane: Size, gap: number): Size {
  const rows = Math.ceil(count / columns);
  return {
    width: (pane.width - gap * (columns - 1)) / columns,
    height: (pane.height - gap * (rows - 1)) / rows,
  };
}
