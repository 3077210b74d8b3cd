import { fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { Look } from '../../models/bridge/eyes.ts';
import type { ModelPair } from '../../models/tiny/make.ts';

/** Projected tokens of square pictures, straight from the bridge. */
export function probeTokens(pair: ModelPair, pictures: readonly { size: number; data: Uint8Array }[]): Promise<Look[]> {
  return new Promise((resolve, reject) => {
    const child = fork(fileURLToPath(new URL('./probe.ts', import.meta.url)), [], {
      serialization: 'advanced',
      execArgv: [],
      stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
    });
    let said = '';
    child.stderr?.on('data', (piece: Buffer) => {
      said += piece.toString('utf8');
    });
    child.once('message', (seen) => resolve(seen as Look[]));
    child.once('exit', (code) => reject(new Error(`The probe ended (${code}). ${said.slice(-2000)}`)));
    child.send({ ...pair, pictures: [...pictures] });
  });
}
