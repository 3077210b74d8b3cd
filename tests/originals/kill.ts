/** Kills the core while it writes sidecars and looks at what lies on the disk. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect } from 'vitest';
import { annotationsOfXmp } from '../../electron/core/formats/annotations.ts';
import { Namespace, readXmp, xmpText } from '../../electron/core/formats/xmp.ts';
import { seededRandom } from '../../shared/random.ts';
import { makePhoto, workplace } from '../core/made-photos.ts';

const VICTIM = fileURLToPath(new URL('./kill-victim.ts', import.meta.url));
const PHOTOS = 24;
const FOREIGN = `${Namespace.xmp}CreatorTool`;

/** A sidecar of another program, long enough that writing it takes a while. */
const before = (index: number): string =>
  `<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="${Namespace.rdf}"><rdf:Description rdf:about="" xmlns:xmp="${Namespace.xmp}" xmlns:other="http://example.com/" xmp:CreatorTool="Tool ${index}"><other:Long>${'x'.repeat(60_000)}</other:Long></rdf:Description></rdf:RDF></x:xmpmeta>`;

/** @returns how many sidecars were found as they had become, over all kills. */
export async function killOftenAndCheck(kills: number, seed: number): Promise<number> {
  await using place = workplace();
  for (let index = 0; index < PHOTOS; index++) {
    await makePhoto(join(place.photos, `${index}.jpg`), index);
    writeFileSync(join(place.photos, `${index}.xmp`), before(index));
  }
  const first = await place.open();
  await first.index([place.photos]);
  await first.close();
  const random = seededRandom(seed);
  let written = 0;
  for (let kill = 0; kill < kills; kill++) {
    const child = spawn(process.execPath, [VICTIM, place.data, place.photos], { stdio: ['ignore', 'pipe', 'inherit'] });
    await once(child.stdout, 'data');
    // From before the first sidecar is written to after the last of a round, on a slow machine too.
    await new Promise((resolve) => setTimeout(resolve, random() * 1_200));
    child.kill('SIGKILL');
    await once(child, 'close');
    for (let index = 0; index < PHOTOS; index++) {
      const reading = readXmp(readFileSync(join(place.photos, `${index}.xmp`)));
      expect(reading?.flaws, `sidecar ${index} after kill ${kill}`).toEqual([]);
      expect(xmpText(reading!.properties, FOREIGN)).toBe(`Tool ${index}`);
      expect(xmpText(reading!.properties, 'http://example.com/Long')).toHaveLength(60_000);
      if (annotationsOfXmp(reading!.properties, null).rating !== null) written++;
    }
    const visible = readdirSync(place.photos).filter((name) => !name.startsWith('.'));
    expect(visible).toHaveLength(2 * PHOTOS);
  }
  // Everything that was written can be taken back, step by step, to the bytes of the other program.
  const core = await place.open();
  for (let steps = 0; (await core.undo()).label !== null; steps++) expect(steps).toBeLessThan(10_000);
  for (let index = 0; index < PHOTOS; index++) {
    expect(readFileSync(join(place.photos, `${index}.xmp`), 'utf8') === before(index), `sidecar ${index}`).toBe(true);
  }
  return written;
}
