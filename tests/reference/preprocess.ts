/**
 * LLaVA-1.5's picture preparation, written from its code's meaning and Pillow's documentation: the picture lies in the
 * middle of a square of CLIP's mean color, and the square is resized by a bicubic filter (a = -0.5) whose support
 * grows with the reduction. In double precision, rounded to bytes after each direction as Pillow does.
 */
export interface ReferencePicture {
  width: number;
  height: number;
  /** RGB, three bytes a pixel. */
  data: Uint8Array;
}

const BACKGROUND = [122, 116, 104] as const;

export function padToSquareReference(picture: ReferencePicture): ReferencePicture {
  const side = Math.max(picture.width, picture.height);
  const left = Math.floor((side - picture.width) / 2);
  const top = Math.floor((side - picture.height) / 2);
  const data = new Uint8Array(side * side * 3);
  for (let y = 0; y < side; y++)
    for (let x = 0; x < side; x++)
      for (let channel = 0; channel < 3; channel++) {
        const inside = x >= left && x < left + picture.width && y >= top && y < top + picture.height;
        data[(y * side + x) * 3 + channel] = inside
          ? picture.data[((y - top) * picture.width + x - left) * 3 + channel]!
          : BACKGROUND[channel]!;
      }
  return { width: side, height: side, data };
}

/** Keys' cubic with a = -0.5. */
function cubic(x: number): number {
  const t = Math.abs(x);
  if (t < 1) return 1.5 * t ** 3 - 2.5 * t ** 2 + 1;
  if (t < 2) return -0.5 * t ** 3 + 2.5 * t ** 2 - 4 * t + 2;
  return 0;
}

export function resizeReference(picture: ReferencePicture, width: number, height: number): ReferencePicture {
  return alongColumns(alongRows(picture, width), height);
}

function alongRows(picture: ReferencePicture, width: number): ReferencePicture {
  const scale = picture.width / width;
  const stretch = Math.max(1, scale);
  const data = new Uint8Array(width * picture.height * 3);
  for (let x = 0; x < width; x++) {
    const centre = (x + 0.5) * scale;
    const first = Math.max(0, Math.floor(centre - 2 * stretch + 0.5));
    const last = Math.min(picture.width, Math.floor(centre + 2 * stretch + 0.5));
    const weights: number[] = [];
    for (let source = first; source < last; source++) weights.push(cubic((source - centre + 0.5) / stretch));
    const sum = weights.reduce((a, b) => a + b, 0);
    for (let y = 0; y < picture.height; y++)
      for (let channel = 0; channel < 3; channel++) {
        let value = 0;
        weights.forEach((weight, index) => {
          value += (weight / sum) * picture.data[(y * picture.width + first + index) * 3 + channel]!;
        });
        data[(y * width + x) * 3 + channel] = Math.min(255, Math.max(0, Math.floor(value + 0.5)));
      }
  }
  return { width, height: picture.height, data };
}

function alongColumns(picture: ReferencePicture, height: number): ReferencePicture {
  return transpose(alongRows(transpose(picture), height));
}

function transpose(picture: ReferencePicture): ReferencePicture {
  const data = new Uint8Array(picture.data.length);
  for (let y = 0; y < picture.height; y++)
    for (let x = 0; x < picture.width; x++)
      for (let channel = 0; channel < 3; channel++)
        data[(x * picture.height + y) * 3 + channel] = picture.data[(y * picture.width + x) * 3 + channel]!;
  return { width: picture.height, height: picture.width, data };
}
