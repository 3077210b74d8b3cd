/** An RGB picture that squares are cut out of, at any size and turn. */

/** Three bytes a pixel, row by row. */
export type Rgb = { data: Uint8Array; width: number; height: number };

/** A square of the picture: its middle and its edge in the picture's pixels, turned clockwise by radians. */
export type Square = { x: number; y: number; edge: number; turn: number };

/** A picture with its halves, so that a large square is not read at every tenth pixel. Made when first needed. */
export class Pyramid {
  readonly #levels: Rgb[];

  constructor(picture: Rgb) {
    this.#levels = [picture];
  }

  get width(): number {
    return this.#levels[0]!.width;
  }

  get height(): number {
    return this.#levels[0]!.height;
  }

  /**
   * A square at `edge` × `edge` pixels, between four neighbours each. What lies beyond the picture is black.
   * @param low, @param high what the bytes 0 and 255 become
   */
  cut(square: Square, edge: number, low: number, high: number): Float32Array {
    const step = square.edge / edge;
    const level = Math.max(0, Math.floor(Math.log2(step)));
    const shrink = 2 ** level;
    const { data, width, height } = this.#level(level);
    const [cos, sin] = [(Math.cos(square.turn) * step) / shrink, (Math.sin(square.turn) * step) / shrink];
    const half = (edge - 1) / 2;
    const middleX = (square.x + 0.5) / shrink - 0.5;
    const middleY = (square.y + 0.5) / shrink - 0.5;
    const scale = (high - low) / 255;
    const cut = new Float32Array(edge * edge * 3).fill(low);
    let to = 0;
    for (let row = 0; row < edge; row++) {
      let x = middleX - half * cos - (row - half) * sin;
      let y = middleY - half * sin + (row - half) * cos;
      for (let column = 0; column < edge; column++, to += 3, x += cos, y += sin) {
        if (x < -0.5 || y < -0.5 || x > width - 0.5 || y > height - 0.5) continue;
        const left = Math.min(Math.max(0, Math.floor(x)), Math.max(0, width - 2));
        const top = Math.min(Math.max(0, Math.floor(y)), Math.max(0, height - 2));
        const right = Math.min(1, Math.max(0, x - left));
        const bottom = Math.min(1, Math.max(0, y - top));
        const from = (top * width + left) * 3;
        const east = width > 1 ? 3 : 0;
        const south = height > 1 ? width * 3 : 0;
        for (let channel = 0; channel < 3; channel++) {
          const at = from + channel;
          const upper = data[at]! + right * (data[at + east]! - data[at]!);
          const lower = data[at + south]! + right * (data[at + south + east]! - data[at + south]!);
          cut[to + channel] = low + scale * (upper + bottom * (lower - upper));
        }
      }
    }
    return cut;
  }

  #level(level: number): Rgb {
    for (let last = this.#levels.at(-1)!; this.#levels.length <= level; this.#levels.push(last)) {
      if (last.width < 2 || last.height < 2) return last;
      last = halved(last);
    }
    return this.#levels[level]!;
  }
}

function halved({ data, width, height }: Rgb): Rgb {
  const half = { width: width >> 1, height: height >> 1 };
  const result = new Uint8Array(half.width * half.height * 3);
  const row = width * 3;
  let to = 0;
  for (let y = 0; y < half.height; y++) {
    let at = 2 * y * row;
    for (let x = 0; x < half.width; x++, at += 6, to += 3) {
      for (let channel = 0; channel < 3; channel++) {
        const from = at + channel;
        result[to + channel] = (data[from]! + data[from + 3]! + data[from + row]! + data[from + row + 3]! + 2) >> 2;
      }
    }
  }
  return { data: result, ...half };
}
