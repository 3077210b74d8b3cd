/**
 * From a checkpoint folder to the two files that the engine runs: read and check everything, write the projector, write
 * the language model, quantize it with the engine's own library, and only then give both their final names.
 *
 * What is in the making lies in `<output>/.<name>-<quantization>.converting`. A kill leaves that folder; the next
 * attempt continues from the last whole file in it. A failure or a cancel removes it.
 */
import { randomUUID } from 'node:crypto';
import { open, rename, rm, stat, statfs } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { quantizeGguf } from '../bridge/quantize.ts';
import { QUANTIZATION_NAMES, QUANTIZATIONS, type Quantization } from '../quantizations.ts';
import { ConversionError } from './failure.ts';
import { beyondHalfPrecision, bytesOf } from './flaws.ts';
import { ggufSize, syncDirectory, writeGguf } from './gguf-writer.ts';
import { asGgufFile, type PlannedFile } from './mapping.ts';
import type { StoredType } from './numbers.ts';
import { type OpenedCheckpoint, type OpenOptions, openForConversion } from './open.ts';
import { type ConversionPhase, type ConversionProgress, Progress } from './progress.ts';
import { shown } from './safetensors.ts';
import { elementCount, type SourceTensor } from './tensor-source.ts';
import { bytesInWorkplace, openWorkplace, type Workplace } from './workplace.ts';

export type { ConversionProgress } from './progress.ts';

export const DEFAULT_QUANTIZATION: Quantization = 'Q4_K_M';

/** Quantizes a GGUF file with the engine's library in a process of its own, whose peak of memory it tells (bytes). */
export type Quantize = (
  input: string,
  output: string,
  type: Exclude<Quantization, 'F16' | 'F32'>,
  options: { threads: number; signal?: AbortSignal },
) => Promise<{ peakMemory: number }>;

export interface ConversionOptions extends OpenOptions {
  /** Folder for the two files; made where it is missing. */
  output: string;
  /** Default Q4_K_M. */
  quantization?: Quantization;
  /** Threads of the quantizer. Default: what the machine has. */
  threads?: number;
  signal?: AbortSignal;
  onProgress?: (progress: ConversionProgress) => void;
  /** Default: the engine's. */
  quantize?: Quantize;
}

export interface Conversion {
  /** Path of the language model. */
  model: string;
  /** Path of the projector with the vision tower. */
  mmproj: string;
  quantization: Quantization;
  name: string;
  licence: string;
  modelBytes: number;
  mmprojBytes: number;
  seconds: number;
  /** Largest resident memory of this process and the quantizer's together, seen meanwhile, bytes. */
  peakMemory: number;
  /** Sentences about what was left out or assumed. */
  warnings: string[];
}

export interface ConversionEstimate {
  name: string;
  /** Numbers of the language model. */
  parameters: number;
  /** Bytes of the checkpoint that are read. */
  readBytes: number;
  /** Bytes that must be free while it runs. */
  diskNeeded: number;
  /** Bytes of the two files afterwards, estimated. */
  resultBytes: number;
  licence: string;
  warnings: string[];
}

/**
 * What a conversion would need; reads headers only.
 * @throws ConversionError where the checkpoint cannot be converted.
 */
export async function estimateConversion(
  options: OpenOptions & { quantization?: Quantization },
): Promise<ConversionEstimate> {
  const opened = await openForConversion(options);
  try {
    return estimateOf(opened, options.quantization ?? DEFAULT_QUANTIZATION);
  } finally {
    await opened.close();
  }
}

/**
 * Converts. Nothing appears under a final name before it is whole; an existing file of the same name is replaced.
 * @throws ConversionError for what is wrong with the checkpoint, the disk or the output folder (nothing is written
 * then); the signal's reason when cancelled.
 */
export async function convertCheckpoint(options: ConversionOptions): Promise<Conversion> {
  const { signal } = options;
  const quantization = options.quantization ?? DEFAULT_QUANTIZATION;
  if (!QUANTIZATION_NAMES.includes(quantization))
    throw new ConversionError(
      `${shown(String(quantization))} is no known quantization; one of ${QUANTIZATION_NAMES.join(', ')} is needed.`,
    );
  signal?.throwIfAborted();
  const begun = performance.now();
  const opened = await openForConversion(options);
  let workplace: Workplace | null = null;
  const memory = watchMemory();
  try {
    const name = fileName(opened.provenance.name);
    const output = resolve(options.output);
    const estimate = estimateOf(opened, quantization);
    const progress = new Progress(estimate.work, options.onProgress);

    const workName = `${name}-${quantization}`;
    await checkDisk(output, estimate.diskNeeded - (await bytesInWorkplace(output, workName)));
    const stayF32 = await checkNumbers(opened, progress, signal);
    // From here on files are written.
    workplace = await openWorkplace(output, workName, JSON.stringify([opened.fingerprint, quantization]));

    const projectorType: StoredType = quantization === 'F32' ? 'F32' : 'F16';
    const mmprojPart = join(workplace.folder, 'mmproj.gguf');
    progress.enter('projector');
    await writeUnlessThere(mmprojPart, opened.projector, projectorType, stayF32, progress, signal);

    const workingType = workingTypeOf(opened, quantization);
    const wholePart = join(workplace.folder, 'model.gguf');
    progress.enter('model');
    await writeUnlessThere(wholePart, opened.text, workingType, stayF32, progress, signal);

    let modelPart = wholePart;
    let quantizerMemory = 0;
    if (quantization !== 'F16' && quantization !== 'F32') {
      // A name of its own: after a kill, the quantizer of the attempt before may still be writing.
      modelPart = join(workplace.folder, `quantized-${randomUUID()}.gguf`);
      progress.enter('quantize');
      const quantize = options.quantize ?? quantizeGguf;
      const stopWatching = progress.watchFile(modelPart, quantizedBytes(opened, quantization));
      try {
        const threads = options.threads ?? availableParallelism();
        const { peakMemory } = await quantize(wholePart, modelPart, quantization, { threads, signal });
        quantizerMemory = peakMemory + process.memoryUsage.rss();
      } finally {
        stopWatching();
      }
      signal?.throwIfAborted();
      await syncFile(modelPart);
      await rm(wholePart);
    }

    const mmproj = join(output, `${name}-mmproj-${projectorType}.gguf`);
    const model = join(output, `${name}-${quantization}.gguf`);
    // The model comes last: where it is, its projector is.
    await rename(mmprojPart, mmproj);
    await rename(modelPart, model);
    await syncDirectory(output);
    await workplace.remove();
    progress.finish();
    return {
      model,
      mmproj,
      quantization,
      name: opened.provenance.name,
      licence: opened.provenance.licence,
      modelBytes: (await stat(model)).size,
      mmprojBytes: (await stat(mmproj)).size,
      seconds: (performance.now() - begun) / 1000,
      peakMemory: Math.max(memory.peak(), quantizerMemory),
      warnings: opened.warnings,
    };
  } catch (error) {
    await workplace?.remove();
    if ((error as NodeJS.ErrnoException).code === 'ENOSPC')
      throw new ConversionError(`The disk became full while writing to ${resolve(options.output)}.`, { cause: error });
    throw error;
  } finally {
    memory.stop();
    workplace?.release();
    await opened.close();
  }
}

/** The type in which the model is written before it is quantized: the checkpoint's own where that has 16 bits. */
function workingTypeOf(opened: OpenedCheckpoint, quantization: Quantization): StoredType {
  if (quantization === 'F32' || quantization === 'F16') return quantization;
  return opened.storedType === 'BF16' ? 'BF16' : 'F16';
}

function parametersOf(file: PlannedFile): number {
  return file.tensors.reduce((sum, tensor) => sum + elementCount(tensor.shape), 0);
}

function quantizedBytes(opened: OpenedCheckpoint, quantization: Quantization): number {
  const headers = 64 * opened.vocabulary + (1 << 20);
  return Math.ceil((parametersOf(opened.text) * QUANTIZATIONS[quantization].bits) / 8) + headers;
}

/** Relative cost of a byte in each phase, measured with a 7B on two cores; only the ETA depends on it. */
const COSTS: Readonly<Record<ConversionPhase, number>> = { check: 1, projector: 3, model: 3, quantize: 20 };

function estimateOf(opened: OpenedCheckpoint, quantization: Quantization) {
  const sources = sourcesOf(opened);
  const readBytes = sources.reduce((sum, tensor) => sum + bytesOf(tensor), 0);
  const projectorBytes = ggufSize(asGgufFile(opened.projector, quantization === 'F32' ? 'F32' : 'F16'));
  const workingBytes = ggufSize(asGgufFile(opened.text, workingTypeOf(opened, quantization)));
  const direct = quantization === 'F16' || quantization === 'F32';
  const resultBytes = direct ? workingBytes : quantizedBytes(opened, quantization);
  return {
    name: opened.provenance.name,
    parameters: parametersOf(opened.text),
    readBytes,
    diskNeeded: Math.ceil((projectorBytes + workingBytes + (direct ? 0 : resultBytes)) * 1.01) + (16 << 20),
    resultBytes: projectorBytes + resultBytes,
    licence: opened.provenance.licence,
    warnings: opened.warnings,
    work: {
      check: readBytes * COSTS.check,
      projector: projectorBytes * COSTS.projector,
      model: workingBytes * COSTS.model,
      quantize: direct ? 0 : workingBytes * COSTS.quantize,
    },
  };
}

function sourcesOf(opened: OpenedCheckpoint): SourceTensor[] {
  const tensors = [...opened.projector.tensors, ...opened.text.tensors];
  return [...new Set(tensors.flatMap((tensor) => tensor.source ?? []))];
}

/**
 * Reads every number once.
 * @returns the GGUF names of tensors whose numbers are beyond half precision; they stay in F32.
 * @throws ConversionError at the first number that is none.
 */
async function checkNumbers(opened: OpenedCheckpoint, progress: Progress, signal?: AbortSignal): Promise<Set<string>> {
  progress.enter('check');
  const large = await beyondHalfPrecision(sourcesOf(opened), {
    signal,
    onBytes: (done) => progress.report(done * COSTS.check),
  });
  const names = [...opened.projector.tensors, ...opened.text.tensors]
    .filter((tensor) => tensor.source && large.has(tensor.source))
    .map((tensor) => tensor.name);
  return new Set(names);
}

async function checkDisk(output: string, needed: number): Promise<void> {
  // The folder may not be there yet: its nearest ancestor tells.
  let folder = output;
  while (!(await stat(folder).catch(() => null)) && dirname(folder) !== folder) folder = dirname(folder);
  const { bavail, bsize } = await statfs(folder);
  const free = bavail * bsize;
  if (free < needed)
    throw new ConversionError(
      `The conversion needs ${gigabytes(needed)} free in ${output} and ${gigabytes(free)} are free. Free some space or choose another folder.`,
    );
}

function gigabytes(bytes: number): string {
  return bytes >= 1e9 ? `${(bytes / 1e9).toFixed(1)} GB` : `${Math.ceil(bytes / 1e6)} MB`;
}

/** A file of the workplace has its name only when it is whole, so one that is there is used. */
async function writeUnlessThere(
  path: string,
  plan: PlannedFile,
  type: StoredType,
  stayF32: ReadonlySet<string>,
  progress: Progress,
  signal?: AbortSignal,
): Promise<void> {
  if (await stat(path).catch(() => null)) return;
  // BF16 reaches as far as F32.
  const file = asGgufFile(plan, type, type === 'BF16' ? new Set() : stayF32);
  await writeGguf(path, file, { signal, onProgress: (written) => progress.report(written * COSTS.model) });
}

async function syncFile(path: string): Promise<void> {
  const handle = await open(path, 'r+');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/** A name as part of a file's name. */
function fileName(name: string): string {
  return (
    name
      .replace(/[^\w.-]+/g, '-')
      .replace(/^[.-]+/, '')
      .slice(0, 100) || 'model'
  );
}

function watchMemory() {
  let peak = 0;
  const look = () => {
    peak = Math.max(peak, process.memoryUsage.rss());
  };
  look();
  const timer = setInterval(look, 100);
  timer.unref();
  return {
    peak: () => {
      look();
      return peak;
    },
    stop: () => clearInterval(timer),
  };
}
