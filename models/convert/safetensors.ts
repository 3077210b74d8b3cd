/**
 * Reads safetensors: eight bytes of length, a JSON header, then the numbers.
 * Source: https://github.com/huggingface/safetensors (format section of its README).
 */
import { ConversionError } from './failure.ts';
import { asObject, parseJsonObject, type ReadableFile } from './files.ts';
import { elementCount, type SourceTensor } from './tensor-source.ts';

/** A 7B model's header has 60 kB. JSON takes up to forty times its length in memory, so hostile headers stay small. */
const LARGEST_HEADER = 8 << 20;

const TYPE_BYTES: Readonly<Record<string, number>> = {
  BOOL: 1,
  U8: 1,
  I8: 1,
  F8_E4M3: 1,
  F8_E5M2: 1,
  I16: 2,
  U16: 2,
  F16: 2,
  BF16: 2,
  I32: 4,
  U32: 4,
  F32: 4,
  I64: 8,
  U64: 8,
  F64: 8,
};

/** The tensors of one file, all checked to lie within it. @throws ConversionError naming the file and the fault. */
export async function readSafetensors(file: ReadableFile): Promise<SourceTensor[]> {
  const broken = (what: string) => new ConversionError(`${file.name} is no whole safetensors file: ${what}.`);
  if (file.size < 8) throw broken(`it has only ${file.size} bytes`);
  const length = Number(Buffer.from(await file.read(0, 8)).readBigUInt64LE());
  if (length < 2 || length > LARGEST_HEADER) throw broken(`its header claims ${length} bytes`);
  if (8 + length > file.size) throw broken(`its header of ${length} bytes reaches beyond the file's ${file.size}`);
  const header = parseJsonObject(await file.read(8, length), `The header of ${file.name}`);
  const start = 8 + length;

  const tensors: SourceTensor[] = [];
  const spans: { name: string; begin: number; end: number }[] = [];
  for (const [name, entry] of Object.entries(header)) {
    if (name === '__metadata__') continue;
    const fields = asObject(entry);
    const { dtype, shape, data_offsets: offsets } = fields ?? {};
    if (typeof dtype !== 'string' || !isWholeNumbers(shape) || !isWholeNumbers(offsets) || offsets.length !== 2)
      throw broken(`its entry for ${shown(name)} lacks a type, shape or place`);
    const bytes = TYPE_BYTES[dtype];
    if (bytes === undefined) throw broken(`${shown(name)} has the unknown type ${shown(dtype)}`);
    const [begin, end] = offsets as [number, number];
    const needed = elementCount(shape) * bytes;
    if (end - begin !== needed)
      throw broken(`${shown(name)} of shape [${shape.join(', ')}] needs ${needed} bytes and has ${end - begin}`);
    if (start + end > file.size)
      throw new ConversionError(
        `${file.name} is truncated: ${shown(name)} ends at byte ${start + end} and the file has ${file.size}. Fetch it again.`,
      );
    spans.push({ name, begin, end });
    tensors.push({
      name,
      shape,
      type: dtype,
      origin: file.name,
      read: (from, count) => file.read(start + begin + from, count),
    });
  }
  spans.sort((a, b) => a.begin - b.begin || a.end - b.end);
  for (let index = 1; index < spans.length; index++)
    if (spans[index]!.begin < spans[index - 1]!.end)
      throw broken(`${shown(spans[index]!.name)} overlaps ${shown(spans[index - 1]!.name)}`);
  return tensors;
}

function isWholeNumbers(value: unknown): value is number[] {
  return Array.isArray(value) && value.length <= 8 && value.every((item) => Number.isSafeInteger(item) && item >= 0);
}

/** Names come from the file: keep a sentence short and printable whatever they hold. */
export function shown(name: string): string {
  const printable = name.replace(/[^\x20-\x7e]/g, '?');
  return printable.length > 80 ? `${printable.slice(0, 77)}...` : printable;
}
