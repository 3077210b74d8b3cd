/** Linear regression with a penalty on the size of its weights, from sums that can be added and taken apart. */

/** Sums of x·xᵀ, x·y over weighted rows; sums of two parts of the data add up. */
export class Sums {
  readonly size: number;
  readonly xx: Float64Array;
  readonly xy: Float64Array;

  constructor(size: number) {
    this.size = size;
    this.xx = new Float64Array(size * size);
    this.xy = new Float64Array(size);
  }

  add(x: ArrayLike<number>, y: number, weight: number): void {
    const { size, xx, xy } = this;
    for (let row = 0; row < size; row++) {
      const value = x[row]! * weight;
      if (value === 0) continue;
      xy[row]! += value * y;
      for (let column = row; column < size; column++) xx[row * size + column]! += value * x[column]!;
    }
  }

  plus(other: Sums): Sums {
    return this.#with(other, 1);
  }

  minus(other: Sums): Sums {
    return this.#with(other, -1);
  }

  #with(other: Sums, sign: 1 | -1): Sums {
    const sum = new Sums(this.size);
    for (let at = 0; at < this.xx.length; at++) sum.xx[at] = this.xx[at]! + sign * other.xx[at]!;
    for (let at = 0; at < this.size; at++) sum.xy[at] = this.xy[at]! + sign * other.xy[at]!;
    return sum;
  }
}

/**
 * Weights w that minimise Σ weight·(y − w·x)² + penalty·|w|², by the decomposition of Cholesky.
 * @param penalty above 0
 */
export function solveRidge({ size, xx, xy }: Pick<Sums, 'size' | 'xx' | 'xy'>, penalty: number): Float64Array {
  const lower = new Float64Array(size * size);
  for (let row = 0; row < size; row++) {
    for (let column = 0; column <= row; column++) {
      let sum = xx[column * size + row]! + (row === column ? penalty : 0);
      for (let at = 0; at < column; at++) sum -= lower[row * size + at]! * lower[column * size + at]!;
      lower[row * size + column] =
        row === column ? Math.sqrt(Math.max(sum, 1e-12)) : sum / lower[column * size + column]!;
    }
  }
  const weights = new Float64Array(size);
  for (let row = 0; row < size; row++) {
    let sum = xy[row]!;
    for (let at = 0; at < row; at++) sum -= lower[row * size + at]! * weights[at]!;
    weights[row] = sum / lower[row * size + row]!;
  }
  for (let row = size - 1; row >= 0; row--) {
    let sum = weights[row]!;
    for (let at = row + 1; at < size; at++) sum -= lower[at * size + row]! * weights[at]!;
    weights[row] = sum / lower[row * size + row]!;
  }
  return weights;
}
