/** Converts in a process of its own that tells each phase and can be killed. */
import { convertCheckpoint } from '../../models/convert/convert.ts';

const [checkpoint, output] = process.argv.slice(2) as [string, string];
const result = await convertCheckpoint({
  checkpoint,
  output,
  quantization: 'Q4_K_M',
  onProgress: ({ phase }) => process.send?.({ phase }),
});
process.send?.({ result }, () => process.exit(0));
