import { resolve } from 'node:path';
import { convertCheckpoint, DEFAULT_QUANTIZATION } from '../../../../models/convert/convert.ts';
import type { ConversionPhase } from '../../../../models/convert/progress.ts';
import { QUANTIZATION_NAMES } from '../../../../models/quantizations.ts';
import { bytesText } from '../../../../shared/bytes.ts';
import { UsageError, type Verb } from './verb.ts';

const PHASES: Readonly<Record<ConversionPhase, string>> = {
  check: 'Checking the checkpoint',
  projector: 'Writing the projector',
  model: 'Writing the language model',
  quantize: 'Quantizing',
};

const convert: Verb = {
  usage:
    'convert <checkpoint folder> --out <dir> [--merge <adapter folder>] [--vision <CLIP folder>] [--quantize <type>] [--json]',
  about:
    'Makes the two GGUF files that Keeplight runs (language model and projector) from a LLaVA-1.5 checkpoint as Hugging ' +
    'Face keeps it, AesExpert first of all. What does not fit is refused before anything is written; a run that was ' +
    'killed is continued by calling again. Add the result with `keeplight models add`.',
  options: {
    out: { type: 'string', value: 'dir', help: 'folder for the two files' },
    merge: { type: 'string', value: 'dir', help: 'PEFT folder of an adapter that is merged into the weights' },
    vision: { type: 'string', value: 'dir', help: 'CLIP ViT-L/14-336 folder, when the vision tower is not inside' },
    quantize: {
      type: 'string',
      value: 'type',
      help: `${QUANTIZATION_NAMES.join(', ')} (default: ${DEFAULT_QUANTIZATION})`,
    },
    name: { type: 'string', value: 'name', help: "name of the files (default: the folder's)" },
  },
  words: { least: 1, most: 1 },
  async run(call) {
    const out = call.text('out');
    if (out === undefined) throw new UsageError('Say where the two files go: --out <dir>.');
    const vision = call.text('vision');
    const merge = call.text('merge');
    const conversion = await convertCheckpoint({
      checkpoint: resolve(call.words[0] ?? ''),
      ...(vision === undefined ? {} : { vision: resolve(vision) }),
      ...(merge === undefined ? {} : { merge: resolve(merge) }),
      name: call.text('name'),
      output: resolve(out),
      quantization: call.choice('quantize', QUANTIZATION_NAMES),
      signal: call.signal,
      onProgress: ({ phase, fraction, secondsLeft }) =>
        call.progress(
          `${PHASES[phase]}: ${(100 * fraction).toFixed(0)} %${secondsLeft === null ? '' : `, ${Math.ceil(secondsLeft)} s left`}`,
        ),
    });
    await call.print(conversion, () => [
      conversion.model,
      conversion.mmproj,
      `${conversion.quantization}, ${bytesText(conversion.modelBytes + conversion.mmprojBytes)} in ${conversion.seconds.toFixed(0)} s.`,
      ...conversion.warnings,
    ]);
  },
};
export default convert;
