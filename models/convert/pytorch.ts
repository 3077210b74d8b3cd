/** Reads PyTorch `.bin` checkpoints: a zip archive with a pickled index and one entry a storage (torch 1.6 and later). */
import { ConversionError } from './failure.ts';
import type { ReadableFile } from './files.ts';
import { isTensor, type Pickled, type PickledTensor, readPickle } from './pickle.ts';
import { shown } from './safetensors.ts';
import { elementCount, type SourceTensor } from './tensor-source.ts';
import { readZipDirectory, type ZipEntry } from './zip.ts';

/** The index of a 7B model's shard has 60 kB. */
const LARGEST_INDEX = 8 << 20;

const STORAGES: Readonly<Record<string, { type: string; bytes: number }>> = {
  FloatStorage: { type: 'F32', bytes: 4 },
  HalfStorage: { type: 'F16', bytes: 2 },
  BFloat16Storage: { type: 'BF16', bytes: 2 },
  DoubleStorage: { type: 'F64', bytes: 8 },
  LongStorage: { type: 'I64', bytes: 8 },
  IntStorage: { type: 'I32', bytes: 4 },
  ShortStorage: { type: 'I16', bytes: 2 },
  CharStorage: { type: 'I8', bytes: 1 },
  ByteStorage: { type: 'U8', bytes: 1 },
  BoolStorage: { type: 'BOOL', bytes: 1 },
};

/** The tensors of one file, all checked to lie within it. @throws ConversionError naming the file and the fault. */
export async function readPytorch(file: ReadableFile): Promise<SourceTensor[]> {
  const magic = Buffer.from(await file.read(0, Math.min(4, file.size)));
  if (!magic.equals(Buffer.from([0x50, 0x4b, 3, 4]))) {
    const legacy = magic.length > 1 && magic[0] === 0x80;
    throw new ConversionError(
      legacy
        ? `${file.name} is in PyTorch's old format from before version 1.6. Load it once and save it again (torch.save writes a zip archive now), or use the safetensors files.`
        : `${file.name} is no PyTorch checkpoint: it does not start as a zip archive.`,
    );
  }
  const entries = await readZipDirectory(file);
  const index = [...entries.values()].find((entry) => /^[^/]+\/data\.pkl$/.test(entry.name));
  if (!index) throw new ConversionError(`${file.name} is no PyTorch checkpoint: data.pkl is missing in it.`);
  if (index.size > LARGEST_INDEX) throw new ConversionError(`The index of ${file.name} has ${index.size} bytes.`);
  const folder = index.name.slice(0, -'data.pkl'.length);
  const order = entries.get(`${folder}byteorder`);
  if (order && Buffer.from(await file.read(order.start, Math.min(order.size, 16))).toString('latin1') !== 'little')
    throw new ConversionError(`${file.name} was saved on a big-endian machine, which Keeplight does not read.`);

  const root = readPickle(await file.read(index.start, index.size), file.name);
  const tensors: SourceTensor[] = [];
  for (const [name, value] of stateDict(root, file.name)) {
    if (typeof name !== 'string' || !isTensor(value)) continue;
    tensors.push(sourceTensor(file, name, value, entries.get(`${folder}data/${value.storage.key}`)));
  }
  return tensors;
}

/** The dictionary of tensors: the pickle itself, or what trainers put under `state_dict`, `model` or `module`. */
function stateDict(root: Pickled, name: string): Map<Pickled, Pickled> {
  if (!(root instanceof Map)) throw new ConversionError(`${name} holds no dictionary of tensors.`);
  if ([...root.values()].some(isTensor)) return root;
  for (const key of ['state_dict', 'model', 'module']) {
    const inner = root.get(key);
    if (inner instanceof Map && [...inner.values()].some(isTensor)) return inner;
  }
  return root;
}

function sourceTensor(
  file: ReadableFile,
  name: string,
  tensor: PickledTensor,
  entry: ZipEntry | undefined,
): SourceTensor {
  const { storage, shape, stride, offset } = tensor;
  const known = STORAGES[storage.type];
  if (!known)
    throw new ConversionError(`${shown(name)} in ${file.name} is stored as ${storage.type}, which is not known.`);
  if (!entry) throw new ConversionError(`${file.name} is damaged: the numbers of ${shown(name)} are missing in it.`);
  let expected = 1;
  for (let dimension = shape.length - 1; dimension >= 0; dimension--) {
    if (shape[dimension]! !== 1 && stride[dimension] !== expected)
      throw new ConversionError(
        `${shown(name)} in ${file.name} is a view with the strides [${stride.join(', ')}] and not stored row after row. Save the checkpoint with contiguous tensors.`,
      );
    expected *= shape[dimension]!;
  }
  const needed = (offset + elementCount(shape)) * known.bytes;
  if (needed > entry.size)
    throw new ConversionError(
      `${file.name} is damaged: ${shown(name)} of shape [${shape.join(', ')}] needs ${needed} bytes and its storage has ${entry.size}.`,
    );
  const start = entry.start + offset * known.bytes;
  return {
    name,
    shape,
    type: known.type,
    origin: file.name,
    read: (from, count) => file.read(start + from, count),
  };
}
