/**
 * Graphs in the TensorFlow Lite format (FlatBuffers, schema 3), as far as cutting one needs: which operators make which
 * tensors. Schema: https://github.com/tensorflow/tensorflow/blob/v2.16.1/tensorflow/compiler/mlir/lite/schema/schema.fbs
 */

/** Fields of the schema's tables, by their places. */
const MODEL = { subgraphs: 2 } as const;
const SUBGRAPH = { tensors: 0, inputs: 1, outputs: 2, operators: 3 } as const;
const TENSOR = { name: 3 } as const;
const OPERATOR = { inputs: 1, outputs: 2 } as const;

class Table {
  readonly #bytes: Buffer;
  readonly #at: number;

  constructor(bytes: Buffer, at: number) {
    this.#bytes = bytes;
    this.#at = at;
  }

  /** Where a field's offset stands; null where the table does not have it. */
  field(place: number): number | null {
    const fields = this.#at - this.#bytes.readInt32LE(this.#at);
    const entry = 4 + 2 * place;
    if (entry >= this.#bytes.readUInt16LE(fields)) return null;
    const offset = this.#bytes.readUInt16LE(fields + entry);
    return offset === 0 ? null : this.#at + offset;
  }

  /** Start of a field's vector, at its length. */
  vector(place: number): number {
    const at = this.field(place);
    if (at === null) throw new Error('The graph lacks a part that every graph has.');
    return at + this.#bytes.readUInt32LE(at);
  }

  numbers(place: number): number[] {
    const at = this.vector(place);
    return Array.from({ length: this.#bytes.readUInt32LE(at) }, (_, index) =>
      this.#bytes.readInt32LE(at + 4 + 4 * index),
    );
  }

  tables(place: number): Table[] {
    const at = this.vector(place);
    return Array.from({ length: this.#bytes.readUInt32LE(at) }, (_, index) => {
      const slot = at + 4 + 4 * index;
      return new Table(this.#bytes, slot + this.#bytes.readUInt32LE(slot));
    });
  }

  text(place: number): string {
    const at = this.vector(place);
    return this.#bytes.toString('utf8', at + 4, at + 4 + this.#bytes.readUInt32LE(at));
  }

  get at(): number {
    return this.#at;
  }
}

/**
 * The part of a graph that computes some of its tensors from others, as a graph of its own.
 * @param inputs tensors that it is given, by number in the schema's list. @param outputs tensors that it computes.
 * @returns bytes of a graph with these inputs and outputs in this order
 * @throws Error when an output hangs on something that is not given.
 */
export function cutGraph(bytes: Uint8Array, inputs: readonly number[], outputs: readonly number[]): Uint8Array {
  const source = Buffer.from(bytes);
  const vectors = 4 * (2 + inputs.length + outputs.length);
  const start = Math.ceil(source.length / 4) * 4;
  const cut = Buffer.alloc(start + vectors);
  source.copy(cut);
  const subgraph = new Table(cut, cut.readUInt32LE(0)).tables(MODEL.subgraphs)[0]!;
  const operators = subgraph.tables(SUBGRAPH.operators);
  const needed = operatorsFor(operators, inputs, outputs);
  const withheld = subgraph.numbers(SUBGRAPH.inputs).filter((input) => !inputs.includes(input));
  if (needed.some((operator) => operator.numbers(OPERATOR.inputs).some((used) => withheld.includes(used))))
    throw new Error('What this part of the graph computes hangs on an input that it is not given.');
  // The list of operators is written over itself, shorter: what it names lies behind it.
  const list = subgraph.vector(SUBGRAPH.operators);
  cut.writeUInt32LE(needed.length, list);
  for (const [index, operator] of needed.entries()) {
    const slot = list + 4 + 4 * index;
    cut.writeUInt32LE(operator.at - slot, slot);
  }
  let at = start;
  for (const [place, numbers] of [
    [SUBGRAPH.inputs, inputs],
    [SUBGRAPH.outputs, outputs],
  ] as const) {
    const field = subgraph.field(place)!;
    cut.writeUInt32LE(at - field, field);
    at = cut.writeUInt32LE(numbers.length, at);
    for (const number of numbers) at = cut.writeInt32LE(number, at);
  }
  return cut;
}

/** In the order of the graph. Constants are nobody's outputs. */
function operatorsFor(operators: readonly Table[], inputs: readonly number[], outputs: readonly number[]): Table[] {
  const given = new Set(inputs);
  const wanted = new Set(outputs);
  const needed: Table[] = [];
  for (const operator of operators.toReversed()) {
    if (!operator.numbers(OPERATOR.outputs).some((made) => wanted.has(made) && !given.has(made))) continue;
    needed.push(operator);
    for (const used of operator.numbers(OPERATOR.inputs)) wanted.add(used);
  }
  return needed.reverse();
}

/** Number of the tensor of this name. @throws Error when there is none. */
export function tensorNamed(bytes: Uint8Array, name: string): number {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const subgraph = new Table(buffer, buffer.readUInt32LE(0)).tables(MODEL.subgraphs)[0]!;
  const found = subgraph.tables(SUBGRAPH.tensors).findIndex((tensor) => tensor.text(TENSOR.name) === name);
  if (found === -1) throw new Error(`The graph has no tensor ${name}.`);
  return found;
}
