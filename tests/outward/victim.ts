/** What the kill tests kill: exports, throws away or imports, and says when it has begun. */
import { openCore } from '../../electron/core/core.ts';
import { exportOptionsSchema } from '../../shared/export.ts';

const [what, dataDirectory, ...rest] = process.argv.slice(2) as [string, string, ...string[]];
const core = await openCore({ dataDirectory, shell: 'browser', log: () => {}, background: false });
const ids = core.listIds({ sort: 'name' });
const { exporter, trashCan, importer } = core.originals;
let job: number;
if (what === 'export') {
  const options = exportOptionsSchema.parse({ pattern: '{name}' });
  ({ job } = await exporter.start({ ids, folder: rest[0]!, options }));
} else if (what === 'import') {
  const [folder, card] = rest as [string, string];
  ({ job } = await importer.start({ card, folder, backup: null, pattern: '{name}-{counter:2}' }));
} else if (what === 'embed') job = core.originals.embedder.start(ids, false);
else {
  if (ids.length === 0) process.exit(0);
  ({ job } = await trashCan.start(ids, null));
}
process.stdout.write('begun\n');
await core.finishJob(job);
await core.close();
