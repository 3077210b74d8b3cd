/** Checks one catalog file in a thread of its own and says whether it is whole; see soundness.ts. */
import { parentPort, workerData } from 'node:worker_threads';
import { verdictOn } from './soundness.ts';

parentPort?.postMessage(verdictOn(String(workerData)));
