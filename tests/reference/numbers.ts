/**
 * The arithmetic that the references share, in double precision and without any cleverness. Nothing in
 * tests/reference may import from the program: it is what the program is compared with.
 */

/** A tensor as a checkpoint holds it: outermost dimension first. */
export interface ReferenceTensor {
  shape: readonly number[];
  data: ArrayLike<number>;
}
export type ReferenceTensors = ReadonlyMap<string, ReferenceTensor>;

export function tensor(tensors: ReferenceTensors, name: string): ReferenceTensor {
  const found = tensors.get(name);
  if (!found) throw new Error(`The reference lacks ${name}.`);
  return found;
}

/** Rows of vectors. */
export type Rows = Float64Array[];

/** x·Wᵀ + b for every row, as torch.nn.Linear computes it. */
export function linear(rows: Rows, weight: ReferenceTensor, bias?: ReferenceTensor): Rows {
  const [outputs, inputs] = weight.shape as [number, number];
  return rows.map((row) => {
    if (row.length !== inputs) throw new Error(`A row of ${row.length} does not fit ${inputs} inputs.`);
    const result = new Float64Array(outputs);
    for (let output = 0; output < outputs; output++) {
      let sum = bias ? bias.data[output]! : 0;
      for (let input = 0; input < inputs; input++) sum += row[input]! * weight.data[output * inputs + input]!;
      result[output] = sum;
    }
    return result;
  });
}

export function layerNorm(rows: Rows, weight: ReferenceTensor, bias: ReferenceTensor, epsilon: number): Rows {
  return rows.map((row) => {
    const mean = row.reduce((sum, value) => sum + value, 0) / row.length;
    const variance = row.reduce((sum, value) => sum + (value - mean) ** 2, 0) / row.length;
    return row.map(
      (value, index) => ((value - mean) / Math.sqrt(variance + epsilon)) * weight.data[index]! + bias.data[index]!,
    );
  });
}

export function rmsNorm(rows: Rows, weight: ReferenceTensor, epsilon: number): Rows {
  return rows.map((row) => {
    const square = row.reduce((sum, value) => sum + value * value, 0) / row.length;
    return row.map((value, index) => (value / Math.sqrt(square + epsilon)) * weight.data[index]!);
  });
}

export function add(a: Rows, b: Rows): Rows {
  return a.map((row, index) => row.map((value, column) => value + b[index]![column]!));
}

export function softmax(values: ArrayLike<number>): Float64Array {
  const list = Float64Array.from(values);
  const highest = list.reduce((a, b) => Math.max(a, b), Number.NEGATIVE_INFINITY);
  const powers = list.map((value) => Math.exp(value - highest));
  const sum = powers.reduce((a, b) => a + b, 0);
  return powers.map((value) => value / sum);
}

/** Scaled dot-product attention of one head. @param sees whether query i may look at key j. */
export function attention(queries: Rows, keys: Rows, values: Rows, sees: (i: number, j: number) => boolean): Rows {
  const scale = 1 / Math.sqrt(queries[0]!.length);
  return queries.map((query, i) => {
    const weights = softmax(
      keys.map((key, j) =>
        sees(i, j)
          ? scale * query.reduce((sum, value, index) => sum + value * key[index]!, 0)
          : Number.NEGATIVE_INFINITY,
      ),
    );
    const result = new Float64Array(values[0]!.length);
    weights.forEach((weight, j) => {
      if (weight > 0) for (let index = 0; index < result.length; index++) result[index]! += weight * values[j]![index]!;
    });
    return result;
  });
}

/** The error function (Abramowitz & Stegun 7.1.26 is too coarse; this is the series and the continued fraction). */
export function erf(x: number): number {
  const a = Math.abs(x);
  if (a > 6) return Math.sign(x);
  if (a < 2.5) {
    let term = a;
    let sum = a;
    for (let n = 1; n < 100; n++) {
      term *= (-a * a) / n;
      sum += term / (2 * n + 1);
    }
    return Math.sign(x) * (2 / Math.sqrt(Math.PI)) * sum;
  }
  let fraction = 0;
  for (let n = 60; n >= 1; n--) fraction = n / 2 / (a + fraction);
  return Math.sign(x) * (1 - Math.exp(-a * a) / Math.sqrt(Math.PI) / (a + fraction));
}

export const gelu = (x: number) => 0.5 * x * (1 + erf(x / Math.SQRT2));
export const quickGelu = (x: number) => x / (1 + Math.exp(-1.702 * x));
export const silu = (x: number) => x / (1 + Math.exp(-x));

export function cosine(a: ArrayLike<number>, b: ArrayLike<number>): number {
  let product = 0;
  let left = 0;
  let right = 0;
  for (let index = 0; index < a.length; index++) {
    product += a[index]! * b[index]!;
    left += a[index]! ** 2;
    right += b[index]! ** 2;
  }
  return product / Math.sqrt(left * right);
}
