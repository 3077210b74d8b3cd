/** What the kill tests kill: gives all photos the next number of stars and writes their sidecars, again and again. */
import { openCore } from '../../electron/core/core.ts';

const [dataDirectory, photos] = process.argv.slice(2) as [string, string];
const core = await openCore({ dataDirectory, shell: 'browser', log: () => {}, background: false });
const ids = core.listIds();
process.stdout.write('open\n');
for (let round = core.show(ids[0]!).stars + 1; ; round++) {
  core.mark(ids, { stars: round % 6 });
  await core.sidecars('write', [photos], { dryRun: false });
}
