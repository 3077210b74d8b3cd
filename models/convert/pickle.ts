/**
 * A restricted reader of Python pickles: it builds lists, dictionaries and the few objects that describe tensors, and
 * refuses everything else. Nothing is ever called or imported.
 * Source: CPython's Lib/pickletools.py (opcodes), torch/_utils.py and torch/serialization.py (what torch.save writes).
 */
import { ConversionError } from './failure.ts';

/** A storage that a tensor lies in. */
export interface PickledStorage {
  kind: 'storage';
  /** Such as `HalfStorage`. */
  type: string;
  /** Name of its entry under `data/`. */
  key: string;
  /** Elements. */
  length: number;
}

export interface PickledTensor {
  kind: 'tensor';
  storage: PickledStorage;
  /** Elements from the storage's start. */
  offset: number;
  shape: number[];
  /** Elements. */
  stride: number[];
}

/** What a pickle may hold. */
export type Pickled =
  | null
  | boolean
  | number
  | bigint
  | string
  | Uint8Array
  | Pickled[]
  | Map<Pickled, Pickled>
  | PickledGlobal
  | PickledStorage
  | PickledTensor;

interface PickledGlobal {
  kind: 'global';
  module: string;
  name: string;
}

/** Beyond these a checkpoint's index is damaged or hostile: a 13B model has about 30,000 steps. */
const MOST_STEPS = 1_000_000;
const LARGEST_STACK = 500_000;

const MARK = Symbol('mark');
type Slot = Pickled | typeof MARK;

/** @param name of the file, for sentences. @throws ConversionError for everything that is not a plain state dict. */
export function readPickle(bytes: Uint8Array, name: string): Pickled {
  const data = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const broken = (what: string) => new ConversionError(`The index of ${name} is damaged: ${what}.`);
  const stack: Slot[] = [];
  const memo = new Map<number, Pickled>();
  let at = 0;

  const take = (count: number): number => {
    if (count < 0 || at + count > data.length) throw broken('it ends too early');
    at += count;
    return at - count;
  };
  const pop = (): Pickled => {
    const top = stack.pop();
    if (top === undefined || top === MARK) throw broken('a value is missing');
    return top;
  };
  const peek = (): Pickled => {
    const top = stack.at(-1);
    if (top === undefined || top === MARK) throw broken('a value is missing');
    return top;
  };
  const popToMark = (): Pickled[] => {
    const mark = stack.lastIndexOf(MARK);
    if (mark < 0) throw broken('a mark is missing');
    return (stack.splice(mark) as Slot[]).slice(1) as Pickled[];
  };
  const text = (length: number): string => {
    const start = take(length);
    return data.toString('utf8', start, start + length);
  };
  const line = (): string => {
    const end = data.indexOf(10, at);
    if (end < 0) throw broken('it ends too early');
    const value = data.toString('utf8', at, end);
    at = end + 1;
    return value;
  };
  const recall = (key: number): Pickled => {
    const value = memo.get(key);
    if (value === undefined) throw broken('it refers to what it never made');
    return value;
  };
  const setItems = (target: Pickled, items: Pickled[]): void => {
    if (!(target instanceof Map) || items.length % 2 !== 0) throw broken('a dictionary was expected');
    for (let index = 0; index < items.length; index += 2) target.set(items[index]!, items[index + 1]!);
  };

  for (let step = 0; step < MOST_STEPS; step++) {
    if (stack.length > LARGEST_STACK) throw broken('it is too deep');
    const opcode = data[take(1)]!;
    switch (opcode) {
      case 0x80: // PROTO
        if (data[take(1)]! > 5) throw broken('it is of an unknown version');
        break;
      case 0x95: // FRAME
        take(8);
        break;
      case 0x2e: // STOP
        return pop();
      case 0x28: // MARK
        stack.push(MARK);
        break;
      case 0x30: // POP
        if (stack.pop() === undefined) throw broken('a value is missing');
        break;
      case 0x4e: // NONE
        stack.push(null);
        break;
      case 0x88: // NEWTRUE
        stack.push(true);
        break;
      case 0x89: // NEWFALSE
        stack.push(false);
        break;
      case 0x4a: // BININT
        stack.push(data.readInt32LE(take(4)));
        break;
      case 0x4b: // BININT1
        stack.push(data[take(1)]!);
        break;
      case 0x4d: // BININT2
        stack.push(data.readUInt16LE(take(2)));
        break;
      case 0x47: // BINFLOAT
        stack.push(data.readDoubleBE(take(8)));
        break;
      case 0x8a: {
        // LONG1
        const length = data[take(1)]!;
        const start = take(length);
        if (length > 8) throw broken('a number is too large');
        const value = length === 0 ? 0n : BigInt.asIntN(8 * length, littleEndian(data.subarray(start, start + length)));
        const small = Number(value);
        stack.push(Number.isSafeInteger(small) ? small : value);
        break;
      }
      case 0x58: // BINUNICODE
        stack.push(text(data.readUInt32LE(take(4))));
        break;
      case 0x8c: // SHORT_BINUNICODE
        stack.push(text(data[take(1)]!));
        break;
      case 0x54: // BINSTRING
        stack.push(text(data.readInt32LE(take(4))));
        break;
      case 0x55: // SHORT_BINSTRING
        stack.push(text(data[take(1)]!));
        break;
      case 0x42: // BINBYTES
      case 0x43: {
        // SHORT_BINBYTES
        const length = opcode === 0x42 ? data.readUInt32LE(take(4)) : data[take(1)]!;
        const start = take(length);
        stack.push(Uint8Array.from(data.subarray(start, start + length)));
        break;
      }
      case 0x7d: // EMPTY_DICT
        stack.push(new Map());
        break;
      case 0x5d: // EMPTY_LIST
      case 0x29: // EMPTY_TUPLE
        stack.push([]);
        break;
      case 0x74: // TUPLE
      case 0x6c: // LIST
        stack.push(popToMark());
        break;
      case 0x85: // TUPLE1
        stack.push([pop()]);
        break;
      case 0x86: {
        // TUPLE2
        const second = pop();
        stack.push([pop(), second]);
        break;
      }
      case 0x87: {
        // TUPLE3
        const third = pop();
        const second = pop();
        stack.push([pop(), second, third]);
        break;
      }
      case 0x61: {
        // APPEND
        const item = pop();
        const list = peek();
        if (!Array.isArray(list)) throw broken('a list was expected');
        list.push(item);
        break;
      }
      case 0x65: {
        // APPENDS
        const items = popToMark();
        const list = peek();
        if (!Array.isArray(list)) throw broken('a list was expected');
        for (const item of items) list.push(item);
        break;
      }
      case 0x73: {
        // SETITEM
        const value = pop();
        const key = pop();
        setItems(peek(), [key, value]);
        break;
      }
      case 0x75: {
        // SETITEMS
        const items = popToMark();
        setItems(peek(), items);
        break;
      }
      case 0x71: // BINPUT
        memo.set(data[take(1)]!, peek());
        break;
      case 0x72: // LONG_BINPUT
        memo.set(data.readUInt32LE(take(4)), peek());
        break;
      case 0x94: // MEMOIZE
        memo.set(memo.size, peek());
        break;
      case 0x68: // BINGET
        stack.push(recall(data[take(1)]!));
        break;
      case 0x6a: // LONG_BINGET
        stack.push(recall(data.readUInt32LE(take(4))));
        break;
      case 0x63: // GLOBAL
        stack.push({ kind: 'global', module: line(), name: line() });
        break;
      case 0x93: {
        // STACK_GLOBAL
        const object = pop();
        const module = pop();
        if (typeof object !== 'string' || typeof module !== 'string') throw broken('a name was expected');
        stack.push({ kind: 'global', module, name: object });
        break;
      }
      case 0x51: // BINPERSID
        stack.push(storageOf(pop(), name));
        break;
      case 0x52: {
        // REDUCE
        const values = pop();
        const callee = pop();
        if (!Array.isArray(values)) throw broken('arguments were expected');
        stack.push(build(callee, values, name));
        break;
      }
      case 0x62: // BUILD: the state of an OrderedDict (`_metadata`), which describes versions and no tensors
        pop();
        if (!(peek() instanceof Map)) throw broken('it sets the state of something that has none');
        break;
      default:
        throw broken(`it uses the instruction 0x${opcode.toString(16)}, which no checkpoint needs`);
    }
  }
  throw broken('it does not end');
}

function littleEndian(bytes: Uint8Array): bigint {
  return bytes.reduceRight((value, byte) => (value << 8n) | BigInt(byte), 0n);
}

/** `('storage', <type>, '<key>', '<device>', <elements>)`, as torch.save names what lies outside the pickle. */
function storageOf(identity: Pickled, name: string): PickledStorage {
  const [tag, type, key, , length] = Array.isArray(identity) ? identity : [];
  if (tag !== 'storage' || !isGlobal(type) || typeof key !== 'string' || typeof length !== 'number')
    throw new ConversionError(`The index of ${name} names something outside it that is no tensor storage.`);
  if (!/^torch(\.storage)?$/.test(type.module) || !/^[A-Za-z0-9]+Storage$/.test(type.name)) throw refused(type, name);
  if (!/^[\w.-]{1,64}$/.test(key) || !isSize(length))
    throw new ConversionError(`The index of ${name} is damaged: a storage has no usable name or length.`);
  return { kind: 'storage', type: type.name, key, length };
}

/** The few things that torch.save asks to be called. */
function build(callee: Pickled, values: Pickled[], name: string): Pickled {
  if (!isGlobal(callee)) throw new ConversionError(`The index of ${name} is damaged: it calls what is no function.`);
  const called = `${callee.module}.${callee.name}`;
  if (called === 'collections.OrderedDict') {
    const map = new Map<Pickled, Pickled>();
    for (const pair of Array.isArray(values[0]) ? values[0] : [])
      if (Array.isArray(pair) && pair.length === 2) map.set(pair[0]!, pair[1]!);
    return map;
  }
  if (called === 'torch._utils._rebuild_tensor_v2' || called === 'torch._utils._rebuild_tensor') {
    const [storage, offset, shape, stride] = values;
    if (!isStorage(storage) || !isSize(offset) || !isSizes(shape) || !isSizes(stride) || shape.length !== stride.length)
      throw new ConversionError(`The index of ${name} is damaged: a tensor's description is incomplete.`);
    return { kind: 'tensor', storage, offset, shape, stride };
  }
  if (called === 'torch._utils._rebuild_parameter') {
    if (!isTensor(values[0])) throw new ConversionError(`The index of ${name} is damaged: a parameter is no tensor.`);
    return values[0];
  }
  if (called === 'torch.Size' && isSizes(values[0])) return values[0];
  throw refused(callee, name);
}

function refused(what: PickledGlobal, name: string): ConversionError {
  const called = `${what.module}.${what.name}`.replace(/[^\w.]/g, '?').slice(0, 80);
  return new ConversionError(
    `${name} asks for ${called} when it is loaded. Keeplight reads tensors and runs no code from a checkpoint, so it refuses this file; save it as safetensors.`,
  );
}

function isGlobal(value: Pickled | undefined): value is PickledGlobal {
  return typeof value === 'object' && value !== null && 'kind' in value && value.kind === 'global';
}
function isStorage(value: Pickled | undefined): value is PickledStorage {
  return typeof value === 'object' && value !== null && 'kind' in value && value.kind === 'storage';
}
export function isTensor(value: Pickled | undefined): value is PickledTensor {
  return typeof value === 'object' && value !== null && 'kind' in value && value.kind === 'tensor';
}
function isSize(value: Pickled | undefined): value is number {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0;
}
function isSizes(value: Pickled | undefined): value is number[] {
  return Array.isArray(value) && value.length <= 8 && value.every(isSize);
}
