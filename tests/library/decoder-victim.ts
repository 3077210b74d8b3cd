/** What a decoder test kills: one process waits in the opening of the first file, another has looked at the second. */
import { openAnalysisPool } from '../../electron/core/analysis/analysis-pool.ts';

const [hanging, good] = process.argv.slice(2) as [string, string];
const pool = openAnalysisPool({ workers: 2 });
void pool.full(hanging);
await pool.full(good);
await pool.full(good);
process.stdout.write('ready\n');
