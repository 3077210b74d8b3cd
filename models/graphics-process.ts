/**
 * Asks the engine which graphics device it would use, and prints the answer as JSON. A program of its own, because a
 * broken graphics driver ends its process; a file, because the engine's self-test forks this process and must find it.
 */
import { getLlama } from 'node-llama-cpp';

export interface DeviceAnswer {
  /** Compute interface, false for the CPU alone. */
  gpu: string | false;
  names: string[];
  /** Bytes of memory of all devices. */
  total: number;
}

const llama = await getLlama({ build: 'never', gpu: 'auto', progressLogs: false });
const answer: DeviceAnswer = {
  gpu: llama.gpu,
  names: llama.gpu ? await llama.getGpuDeviceNames() : [],
  total: llama.gpu ? (await llama.getVramState()).total : 0,
};
process.stdout.write(`\n${JSON.stringify(answer)}\n`, () => process.exit(0));
