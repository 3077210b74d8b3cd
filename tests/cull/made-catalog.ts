/** Fills a catalog with frames of a shoot as a look leaves them, without pictures behind them: for measuring how fast moments are found. */
import { nameKey } from '../../electron/core/base/name-key.ts';
import { storeSignature } from '../../electron/core/catalog/facts.ts';
import { addRoot, ensureFolder } from '../../electron/core/catalog/folders.ts';
import type { Catalog } from '../../electron/core/catalog/open.ts';
import { MEASURES_ANALYSER } from '../../shared/facts.ts';
import { FOCUS_TILES } from '../../shared/measures.ts';
import { seededRandom } from '../../shared/random.ts';
import type { Signature } from '../../shared/signature.ts';

const COLUMNS = 48;
const ROWS = 32;
/** Of eight views. */
const LENGTHS = [1, 1, 3, 6, 2, 8, 1, 5];

/** Writes frames of two bodies, half a minute to a minute between views; a third of the views are taken within seconds. @param path of their folder */
export function fillShoot(catalog: Catalog, photos: number, path = '/made'): void {
  const random = seededRandom(7);
  const root = addRoot(catalog, path);
  const folder = ensureFolder(catalog, root, 'shoot');
  const camera = Number(catalog.prepare("INSERT INTO camera (name) VALUES ('Sturdy One')").run().lastInsertRowid);
  const photo = catalog.prepare(
    `INSERT INTO photo (folder_id, name, name_key, kind, state, version, content, added_at, width, height, taken_at,
       taken_precision, camera_id, camera_serial, shutter, aperture, iso, focal_length, d_hash, p_hash, technical, placeholder)
     VALUES (@folder, @name, @nameKey, 'jpeg', 'ready', 1, @name, 0, 6000, 4000, @takenAt, 'second', @camera, @body,
       @shutter, 8, 200, 35, @dHash, @pHash, @technical, 'AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA')`,
  );
  const facts = catalog.prepare('INSERT INTO facts (photo_id, analyser, version, value) VALUES (?, ?, ?, ?)');
  catalog.transaction(() => {
    let at = Date.UTC(2026, 4, 9);
    for (let index = 0, view = 0; index < photos; view++) {
      at += view % 3 === 0 ? 3000 : 30_000 + random() * 30_000;
      const signature = someView(random);
      const hashes = [random, random].map((one) => BigInt(Math.floor(one() * 2 ** 52)) * 4096n);
      const shutter = 1 / [125, 250, 250, 500][view % 4]!;
      const isBurst = random() < 0.6;
      const focus = Array.from({ length: FOCUS_TILES ** 2 }, () => Math.floor(random() * 32));
      for (let shot = 0; shot < LENGTHS[view % LENGTHS.length]! && index < photos; shot++, index++) {
        at += isBurst ? 150 : 9000;
        const changed =
          shot === 0 ? 0n : BigInt(Math.floor(random() * 2 ** 12)) & BigInt(Math.floor(random() * 2 ** 12));
        const name = `IMG_${String(index % 9999).padStart(4, '0')} ${index}.jpg`;
        const id = Number(
          photo.run({
            ...{
              folder,
              camera,
              shutter,
              name,
              nameKey: nameKey(name),
              body: String(view % 2),
              takenAt: Math.round(at),
            },
            dHash: (hashes[0]! ^ changed).toString(16).padStart(16, '0'),
            pHash: (hashes[1]! ^ changed).toString(16).padStart(16, '0'),
            technical: 40 + 40 * random(),
          }).lastInsertRowid,
        );
        storeSignature(catalog, id, { ...signature, luma: signature.luma.map((value) => value + random() * 6) });
        facts.run(id, MEASURES_ANALYSER.name, MEASURES_ANALYSER.version, JSON.stringify(someSeen(random, focus)));
      }
    }
  })();
}

function someView(random: () => number): Signature {
  const coarse = Array.from({ length: 12 * 8 }, () => random() * 240);
  const luma = Uint8Array.from({ length: COLUMNS * ROWS }, (_, at) => {
    const [x, y] = [at % COLUMNS, Math.floor(at / COLUMNS)];
    return coarse[Math.floor(y / 4) * 12 + Math.floor(x / 4)]!;
  });
  return { width: COLUMNS, height: ROWS, luma };
}

/** @param focus of the view's tiles, which differ little from frame to frame */
function someSeen(random: () => number, focus: readonly number[]): Record<string, unknown> {
  const names = [
    'backgroundFocus',
    'sharpArea',
    'detail',
    'motion',
    'brightness',
    'contrast',
    'colorfulness',
    'thirds',
  ];
  return {
    ...Object.fromEntries(names.map((name) => [name, random() * 100])),
    ...{ focus: 40 + 40 * random(), subjectFocus: 30 + 40 * random(), lostDetail: 60 * random(), noise: 3 * random() },
    ...{ clippedHighlights: random(), blockedShadows: random() },
    ...{ clippedRed: random(), clippedGreen: random(), clippedBlue: random() },
    focusTiles: focus.map((level) => (level + Math.floor(random() * 3)).toString(36)).join(''),
  };
}
