/** What the kill tests kill: indexes a folder and marks photos meanwhile, saying each mark before it is made and once it was acknowledged. */
import { openCore } from '../../electron/core/core.ts';
import { FLAGS } from '../../shared/photo.ts';
import { seededRandom } from '../../shared/random.ts';

const [dataDirectory, photos, seed] = process.argv.slice(2) as [string, string, string];
const core = await openCore({ dataDirectory, shell: 'browser', log: () => {}, background: false });
process.stdout.write('open\n');
const random = seededRandom(Number(seed));
const indexing = core.index([photos]);
let done = false;
indexing.then(
  () => {
    done = true;
    process.stdout.write('indexed\n');
  },
  (error: unknown) => {
    process.stdout.write(`failed ${String(error)}\n`);
  },
);
for (;;) {
  const listed = core.list({ sort: 'name' });
  const photo = listed[Math.floor(random() * listed.length)];
  if (photo) {
    const mark = { stars: Math.floor(random() * 6), flag: FLAGS[Math.floor(random() * 3)]! };
    const line = JSON.stringify({ path: photo.path, ...mark });
    process.stdout.write(`try ${line}\n`);
    core.mark([photo.id], mark);
    process.stdout.write(`mark ${line}\n`);
    // A mark that is undone and done again is the same mark, unless a kill comes between and loses one of the two.
    if (random() < 0.3) {
      process.stdout.write(`try ${line}\n`);
      const undone = await core.undo();
      const redone = await core.redo();
      if (undone.label !== redone.label) throw new Error(`Undone: ${undone.label}; done again: ${redone.label}`);
      process.stdout.write(`mark ${line}\n`);
    }
  }
  await new Promise((resolve) => setTimeout(resolve, done ? 1 : 5));
}
