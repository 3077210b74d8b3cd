/** Runs in a process of its own, started by quantize.ts: one request, one answer, then it ends. */

import { availableParallelism } from 'node:os';
import { messageOf } from '../../shared/error-message.ts';
import { explain, startEngine } from './eyes.ts';
import type { QuantizeAnswer, QuantizeRequest } from './quantize.ts';

// Whoever asked has gone: nobody would take the result.
process.once('disconnect', () => process.exit(1));

process.once('message', async (request: QuantizeRequest) => {
  let answer: QuantizeAnswer;
  const threads = request.threads > 0 ? request.threads : availableParallelism();
  try {
    const engine = await startEngine('off', threads);
    try {
      await engine.native.quantize(request.input, request.output, request.type, threads, request.bufferBytes);
    } catch (error) {
      throw new Error([explain(error).what, engine.complaints()].filter(Boolean).join(' '));
    }
    answer = { kind: 'done', peakMemory: process.resourceUsage().maxRSS * 1024 };
  } catch (error) {
    answer = { kind: 'failed', message: messageOf(error) };
  }
  process.send?.(answer, () => process.exit(0));
});
