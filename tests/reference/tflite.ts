/**
 * Evaluates a TensorFlow Lite graph in double precision, operator by operator as their definitions say and nothing
 * faster, with MediaPipe's three operators of the attention mesh. Shares no code with models/faces/: its own reader of
 * FlatBuffers and of the operators' options.
 */

type Tensor = { shape: number[]; values: Float64Array };

const u32 = (bytes: Buffer, at: number): number => bytes.readUInt32LE(at);
const indirect = (bytes: Buffer, at: number): number => at + u32(bytes, at);

/** Absolute place of field `index` of the table at `table`, 0 where it is absent. */
function fieldAt(bytes: Buffer, table: number, index: number): number {
  const vtable = table - bytes.readInt32LE(table);
  if (4 + index * 2 >= bytes.readUInt16LE(vtable)) return 0;
  const offset = bytes.readUInt16LE(vtable + 4 + index * 2);
  return offset === 0 ? 0 : table + offset;
}

function vectorAt(bytes: Buffer, table: number, index: number): { at: number; length: number } {
  const field = fieldAt(bytes, table, index);
  if (field === 0) return { at: 0, length: 0 };
  const vector = indirect(bytes, field);
  return { at: vector + 4, length: u32(bytes, vector) };
}

function tablesAt(bytes: Buffer, table: number, index: number): number[] {
  const { at, length } = vectorAt(bytes, table, index);
  return Array.from({ length }, (_, place) => indirect(bytes, at + place * 4));
}

function intsAt(bytes: Buffer, table: number, index: number): number[] {
  const { at, length } = vectorAt(bytes, table, index);
  return Array.from({ length }, (_, place) => bytes.readInt32LE(at + place * 4));
}

const textAt = (bytes: Buffer, table: number, index: number): string => {
  const { at, length } = vectorAt(bytes, table, index);
  return bytes.toString('latin1', at, at + length);
};

type Option = number | number[];

/** A map of FlexBuffers with numbers and vectors of numbers as its values. */
function flexMap(bytes: Buffer): Record<string, Option> {
  const width = bytes[bytes.length - 1]!;
  const unsigned = (at: number, size: number) => bytes.readUIntLE(at, size);
  const signed = (at: number, size: number) => bytes.readIntLE(at, size);
  const real = (at: number, size: number) => (size === 4 ? bytes.readFloatLE(at) : bytes.readDoubleLE(at));
  const read = (at: number, parent: number, packed: number): Option | Record<string, Option> => {
    const [type, size] = [packed >> 2, 1 << (packed & 3)];
    if (type === 1 || type === 2) return signed(at, parent);
    if (type === 3) return real(at, parent);
    const to = at - unsigned(at, parent);
    if (type === 6 || type === 7) return signed(to, size);
    if (type === 8) return real(to, size);
    const length = unsigned(to - size, size);
    if (type === 11) return Array.from({ length }, (_, place) => signed(to + place * size, size));
    if (type !== 9) throw new Error(`FlexBuffers' type ${type} is not read here.`);
    const keys = to - 3 * size - unsigned(to - 3 * size, size);
    const keySize = unsigned(to - 2 * size, size);
    const map: Record<string, Option> = {};
    for (let place = 0; place < length; place++) {
      const key = keys + place * keySize - unsigned(keys + place * keySize, keySize);
      const name = bytes.toString('latin1', key, bytes.indexOf(0, key));
      map[name] = read(to + place * size, size, bytes[to + length * size + place]!) as Option;
    }
    return map;
  };
  return read(bytes.length - 2 - width, width, bytes[bytes.length - 2]!) as Record<string, Option>;
}

function halfToDouble(bits: number): number {
  const [sign, exponent, fraction] = [bits >> 15 ? -1 : 1, (bits >> 10) & 31, bits & 1023];
  if (exponent === 31) return fraction === 0 ? sign * Number.POSITIVE_INFINITY : Number.NaN;
  return sign * (exponent === 0 ? fraction * 2 ** -24 : (1 + fraction / 1024) * 2 ** (exponent - 15));
}

/** All tensors that the graph computes from its one input, by name. */
export function evaluate(graph: Uint8Array, input: Float32Array): Map<string, Tensor> {
  const bytes = Buffer.from(graph);
  const model = u32(bytes, 0);
  const codes = tablesAt(bytes, model, 1).map((table) => {
    const wide = fieldAt(bytes, table, 3);
    const narrow = fieldAt(bytes, table, 0);
    if (wide !== 0) return bytes.readInt32LE(wide);
    return narrow === 0 ? 0 : bytes[narrow]!;
  });
  const customs = tablesAt(bytes, model, 1).map((table) => textAt(bytes, table, 1));
  const subgraph = tablesAt(bytes, model, 2)[0]!;
  const buffers = tablesAt(bytes, model, 4).map((table) => vectorAt(bytes, table, 0));
  const declared = tablesAt(bytes, subgraph, 0).map((table) => ({
    shape: intsAt(bytes, table, 0),
    type: fieldAt(bytes, table, 1) === 0 ? 0 : bytes[fieldAt(bytes, table, 1)]!,
    buffer: buffers[fieldAt(bytes, table, 2) === 0 ? 0 : u32(bytes, fieldAt(bytes, table, 2))]!,
    name: textAt(bytes, table, 3),
  }));
  const made = new Map<number, Tensor>();
  const get = (index: number): Tensor => {
    const known = made.get(index);
    if (known) return known;
    const { shape, type, buffer } = declared[index]!;
    const count = shape.reduce((product, size) => product * size, 1);
    const value = (place: number): number =>
      type === 1
        ? halfToDouble(bytes.readUInt16LE(buffer.at + place * 2))
        : type === 2
          ? bytes.readInt32LE(buffer.at + place * 4)
          : bytes.readFloatLE(buffer.at + place * 4);
    const tensor = { shape, values: Float64Array.from({ length: count }, (_, place) => value(place)) };
    made.set(index, tensor);
    return tensor;
  };
  made.set(intsAt(bytes, subgraph, 1)[0]!, { shape: [1, 192, 192, 3], values: Float64Array.from(input) });
  for (const operator of tablesAt(bytes, subgraph, 3)) {
    const codeField = fieldAt(bytes, operator, 0);
    const code = codeField === 0 ? 0 : u32(bytes, codeField);
    const inputs = intsAt(bytes, operator, 1).map(get);
    const [output] = intsAt(bytes, operator, 2);
    const optionsField = fieldAt(bytes, operator, 4);
    const options = optionsField === 0 ? 0 : indirect(bytes, optionsField);
    const int = (index: number, otherwise: number) => {
      const field = options === 0 ? 0 : fieldAt(bytes, options, index);
      return field === 0 ? otherwise : bytes.readInt32LE(field);
    };
    const byte = (index: number) => {
      const field = options === 0 ? 0 : fieldAt(bytes, options, index);
      return field === 0 ? 0 : bytes[field]!;
    };
    const custom = vectorAt(bytes, operator, 5);
    const flex = () => flexMap(bytes.subarray(custom.at, custom.at + custom.length));
    const { shape } = declared[output!]!;
    made.set(output!, { shape, values: compute(codes[code]!, customs[code]!, inputs, shape, { int, byte, flex }) });
  }
  return new Map(
    [...made]
      .filter(([index]) => declared[index]!.type === 0)
      .map(([index, tensor]) => [declared[index]!.name, tensor]),
  );
}

type Options = {
  int: (index: number, otherwise: number) => number;
  byte: (index: number) => number;
  flex: () => Record<string, Option>;
};

function compute(code: number, custom: string, inputs: Tensor[], shape: number[], options: Options): Float64Array {
  const [a, b, c] = inputs as [Tensor, Tensor, Tensor];
  switch (code) {
    case 0:
      return rectified(
        a.values.map((value, place) => value + b.values[place % b.values.length]!),
        options.byte(0),
      );
    case 3:
      return rectified(convolve(a, b, c, shape, windowOf(options), false), options.byte(3));
    case 4:
      return rectified(convolve(a, b, c, shape, windowOf(options), true), options.byte(4));
    case 6:
    case 22:
      return a.values.slice();
    case 17:
      return pool(a, shape, options);
    case 18:
      return a.values.map((value, place) => value * b.values[place % b.values.length]!);
    case 34:
      return padded(a, b, shape);
    case 45:
      return a.values.slice();
    case 54:
      return a.values.map((value, place) => (value < 0 ? value * b.values[place % b.values.length]! : value));
    case 32:
      if (custom === 'Landmarks2TransformMatrix') return transformMatrix(a, options.flex());
      if (custom === 'TransformTensorBilinear') return transformTensor(a, b, shape);
      if (custom === 'TransformLandmarks') return transformLandmarks(a, b);
  }
  throw new Error(`Operator ${code} ${custom} is not evaluated here.`);
}

/** Fused activations: none, or all that is negative becomes 0. */
function rectified(values: Float64Array, activation: number): Float64Array {
  if (activation === 0) return values;
  if (activation === 1) return values.map((value) => Math.max(0, value));
  throw new Error(`Activation ${activation} is not evaluated here.`);
}

type Window = { isSame: boolean; strideX: number; strideY: number };
const windowOf = ({ byte, int }: Options): Window => ({
  isSame: byte(0) === 0,
  strideX: int(1, 0),
  strideY: int(2, 0),
});

/** Rows or columns before the first one that a window reads. */
const before = (isSame: boolean, size: number, window: number, stride: number, made: number): number =>
  isSame ? Math.floor(Math.max(0, (made - 1) * stride + window - size) / 2) : 0;

function convolve(
  { shape: [, height = 0, width = 0, channels = 0], values }: Tensor,
  { shape: weightShape, values: weights }: Tensor,
  { values: bias }: Tensor,
  [, rows = 0, columns = 0, made = 0]: number[],
  { isSame, strideX, strideY }: Window,
  isDepthwise: boolean,
): Float64Array {
  const [, windowY = 0, windowX = 0] = weightShape;
  const [top, left] = [
    before(isSame, height, windowY, strideY, rows),
    before(isSame, width, windowX, strideX, columns),
  ];
  const result = new Float64Array(rows * columns * made);
  for (let row = 0; row < rows; row++)
    for (let column = 0; column < columns; column++)
      for (let out = 0; out < made; out++) {
        let sum = bias[out]!;
        for (let y = 0; y < windowY; y++) {
          const fromY = row * strideY + y - top;
          if (fromY < 0 || fromY >= height) continue;
          for (let x = 0; x < windowX; x++) {
            const fromX = column * strideX + x - left;
            if (fromX < 0 || fromX >= width) continue;
            const from = (fromY * width + fromX) * channels;
            if (isDepthwise) sum += values[from + out]! * weights[(y * windowX + x) * made + out]!;
            else {
              const weight = ((out * windowY + y) * windowX + x) * channels;
              for (let channel = 0; channel < channels; channel++)
                sum += values[from + channel]! * weights[weight + channel]!;
            }
          }
        }
        result[(row * columns + column) * made + out] = sum;
      }
  return result;
}

function pool(
  { shape: [, height = 0, width = 0, channels = 0], values }: Tensor,
  [, rows = 0, columns = 0]: number[],
  { int, byte }: Options,
): Float64Array {
  const [isSame, strideX, strideY, windowX, windowY] = [byte(0) === 0, int(1, 0), int(2, 0), int(3, 0), int(4, 0)];
  const [top, left] = [
    before(isSame, height, windowY, strideY, rows),
    before(isSame, width, windowX, strideX, columns),
  ];
  const result = new Float64Array(rows * columns * channels).fill(Number.NEGATIVE_INFINITY);
  for (let row = 0; row < rows; row++)
    for (let column = 0; column < columns; column++)
      for (let y = row * strideY - top; y < row * strideY - top + windowY; y++)
        for (let x = column * strideX - left; x < column * strideX - left + windowX; x++) {
          if (y < 0 || x < 0 || y >= height || x >= width) continue;
          for (let channel = 0; channel < channels; channel++) {
            const to = (row * columns + column) * channels + channel;
            result[to] = Math.max(result[to]!, values[(y * width + x) * channels + channel]!);
          }
        }
  return result;
}

function padded(
  { shape: [, height = 0, width = 0, channels = 0], values }: Tensor,
  { values: edges }: Tensor,
  [, rows = 0, columns = 0, made = 0]: number[],
): Float64Array {
  const result = new Float64Array(rows * columns * made);
  for (let y = 0; y < height; y++)
    for (let x = 0; x < width; x++)
      for (let channel = 0; channel < channels; channel++)
        result[((y + edges[2]!) * columns + x + edges[4]!) * made + channel + edges[6]!] =
          values[(y * width + x) * channels + channel]!;
  return result;
}

/** MediaPipe's second version: the crop's places → the landmarks' places, as 4 × 4. */
function transformMatrix({ values }: Tensor, options: Record<string, Option>): Float64Array {
  const number = (name: string) => options[name] as number;
  const point = (index: number): [number, number] => [values[index * 3]!, values[index * 3 + 1]!];
  const [leftX, leftY] = point(number('left_rotation_idx'));
  const [rightX, rightY] = point(number('right_rotation_idx'));
  const radians = number('target_rotation_radians') - Math.atan2(rightY - leftY, rightX - leftX);
  const turn = (by: number) => [Math.cos(by), -Math.sin(by), 0, Math.sin(by), Math.cos(by), 0, 0, 0, 1];
  const apply = (matrix: number[], [x, y]: [number, number]): [number, number] => [
    matrix[0]! * x + matrix[1]! * y + matrix[2]!,
    matrix[3]! * x + matrix[4]! * y + matrix[5]!,
  ];
  const turned = (options.subset_idxs as number[]).map((index) => apply(turn(radians), point(index)));
  const [xs, ys] = [turned.map(([x]) => x), turned.map(([, y]) => y)];
  const [lowX, highX, lowY, highY] = [Math.min(...xs), Math.max(...xs), Math.min(...ys), Math.max(...ys)];
  const [centreX, centreY] = apply(turn(-radians), [(lowX + highX) / 2, (lowY + highY) / 2]);
  const [width, height] = [number('output_width'), number('output_height')];
  const product = (one: number[], other: number[]) =>
    Array.from({ length: 9 }, (_, place) =>
      [0, 1, 2].reduce((sum, k) => sum + one[Math.floor(place / 3) * 3 + k]! * other[k * 3 + (place % 3)]!, 0),
    );
  const scale = [(number('scale_x') * (highX - lowX)) / width, (number('scale_y') * (highY - lowY)) / height];
  const m = [
    [1, 0, centreX, 0, 1, centreY, 0, 0, 1],
    turn(-radians),
    [scale[0]!, 0, 0, 0, scale[1]!, 0, 0, 0, 1],
    [1, 0, -width / 2, 0, 1, -height / 2, 0, 0, 1],
  ].reduce(product);
  return Float64Array.of(m[0]!, m[1]!, 0, m[2]!, m[3]!, m[4]!, 0, m[5]!, 0, 0, 1, 0, 0, 0, 0, 1);
}

/** MediaPipe's second version: middles of pixels are at halves. */
function transformTensor(
  { shape: [, height = 0, width = 0, channels = 0], values }: Tensor,
  { values: m }: Tensor,
  [, rows = 0, columns = 0]: number[],
): Float64Array {
  const result = new Float64Array(rows * columns * channels);
  const at = (y: number, x: number, channel: number) =>
    y >= height || x >= width ? 0 : values[(y * width + x) * channels + channel]!;
  for (let row = 0; row < rows; row++)
    for (let column = 0; column < columns; column++) {
      const x = m[0]! * column + m[1]! * row + m[3]! + (m[0]! + m[1]! - 1) / 2;
      const y = m[4]! * column + m[5]! * row + m[7]! + (m[4]! + m[5]! - 1) / 2;
      if (x < 0 || y < 0 || x > width - 1 || y > height - 1) continue;
      const [left, top] = [Math.floor(x), Math.floor(y)];
      const [u, v] = [x - left, y - top];
      for (let channel = 0; channel < channels; channel++)
        result[(row * columns + column) * channels + channel] =
          (1 - u) * (1 - v) * at(top, left, channel) +
          u * (1 - v) * at(top, left + 1, channel) +
          (1 - u) * v * at(top + 1, left, channel) +
          u * v * at(top + 1, left + 1, channel);
    }
  return result;
}

const transformLandmarks = ({ values }: Tensor, { values: m }: Tensor): Float64Array =>
  values.map((_, place) => {
    const [x, y] = [values[place - (place % 2)]!, values[place - (place % 2) + 1]!];
    return place % 2 === 0 ? m[0]! * x + m[1]! * y + m[3]! : m[4]! * x + m[5]! * y + m[7]!;
  });
