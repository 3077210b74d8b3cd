/** Checks one catalog file in a process of its own and says whether it is whole; see soundness.ts. */
import { verdictOn } from './soundness.ts';

// A terminal signals all processes of its group: the core alone decides.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => {});
process.on('disconnect', () => process.exit());
process.send?.(verdictOn(process.argv[2]!), () => process.disconnect());
