/** Fills a catalog with made-up photos: plausible in number and spread, the same for the same seed, with no files behind them. */

import { nameKey } from '../../electron/core/base/name-key.ts';
import { addRoot, ensureFolder } from '../../electron/core/catalog/folders.ts';
import type { Catalog } from '../../electron/core/catalog/open.ts';
import { levelOf } from '../../shared/grade.ts';
import { COLORS } from '../../shared/photo.ts';
import { seededRandom } from '../../shared/random.ts';
import { REASON_FACTS } from '../../shared/reasons.ts';

export type SyntheticOptions = {
  photos: number;
  seed?: number;
  /** Path of the root; nothing needs to be there. */
  root?: string;
  /** Write words for the text search too. Default true. */
  words?: boolean;
};

const CAMERAS = ['Canon EOS 6D', 'Canon EOS R5', 'NIKON D750', 'SONY ILCE-7M3', 'FUJIFILM X-T4', 'iPhone 13 Pro'];
const LENSES = ['EF24-70mm f/2.8L II USM', 'RF50mm F1.2 L USM', '85mm f/1.8', 'FE 35mm F1.4 GM', 'XF16mmF1.4 R WR'];
const ISOS = [100, 125, 160, 200, 250, 400, 640, 800, 1600, 3200, 6400];
const KINDS = ['jpeg', 'jpeg', 'jpeg', 'raw', 'raw+jpeg', 'heic', 'png', 'tiff'];
const WORDS = [
  'harbour',
  'wedding',
  'mountain',
  'Müller',
  'street',
  'portrait',
  'sunset',
  'dog',
  'café',
  'train',
  'forest',
];
const DIMENSIONS = ['technical', 'light', 'composition', 'content'];
const DAY = 86_400_000;

/**
 * Writes the photos in one transaction, about twenty thousand a second.
 * @returns ids of the photos. Reload the columns afterwards.
 */
export function fillCatalog(catalog: Catalog, options: SyntheticOptions): number[] {
  const random = seededRandom(options.seed ?? 1);
  const pick = <Value>(values: readonly Value[]): Value => values[Math.floor(random() * values.length)]!;
  const chance = (probability: number) => random() < probability;
  const reasonNames = Object.keys(REASON_FACTS);
  const root = addRoot(catalog, options.root ?? '/synthetic');
  const ids: number[] = [];
  const statements = prepare(catalog);
  const named = (table: 'camera' | 'lens' | 'keyword', names: readonly string[]) =>
    names.map((name) => {
      catalog.prepare(`INSERT OR IGNORE INTO ${table} (name) VALUES (?)`).run(name);
      return catalog.prepare(`SELECT id FROM ${table} WHERE name = ?`).pluck().get(name) as number;
    });
  catalog.transaction(() => {
    const cameras = named('camera', CAMERAS);
    const lenses = named('lens', LENSES);
    const keywords = named('keyword', WORDS);
    const folders = Array.from({ length: Math.max(1, Math.ceil(options.photos / 400)) }, (_, index) =>
      ensureFolder(
        catalog,
        root,
        `${2010 + (index % 15)}/${String(index).padStart(4, '0')} ${WORDS[index % WORDS.length]}`,
      ),
    );
    let takenAt = Date.UTC(2010, 0, 1);
    let stackLeft = 0;
    let stack: number | null = null;
    for (let index = 0; index < options.photos; index++) {
      const folder = folders[Math.floor((index * folders.length) / options.photos)]!;
      const name = `IMG_${index % 10_000}.${chance(0.5) ? 'JPG' : 'jpg'}`;
      const unique = `${index}-${name}`;
      takenAt += chance(0.05) ? random() * 4 * DAY : random() * 60_000;
      if (stackLeft === 0 && chance(0.03)) {
        stack = Number(statements.stack.run().lastInsertRowid);
        stackLeft = 2 + Math.floor(random() * 5);
      }
      const inStack = stackLeft > 0;
      const top = inStack && catalog.prepare('SELECT 1 FROM photo WHERE stack_id = ?').get(stack) === undefined;
      if (stackLeft > 0) stackLeft--;
      const state = chance(0.97) ? 'ready' : pick(['pending', 'failed', 'missing']);
      const graded = state === 'ready' || state === 'missing';
      const portrait = chance(0.3);
      const grade = graded ? Math.round(gauss(random) * 1600 + 5500) / 100 : null;
      const reasons = graded ? reasonNames.filter(() => chance(0.12)) : [];
      const id = Number(
        statements.photo.run({
          folder,
          name: unique,
          nameKey: nameKey(unique),
          kind: pick(KINDS),
          state,
          error: state === 'failed' ? 'The file ends in the middle of the picture.' : null,
          version: graded ? 1 : 0,
          content: graded ? `content-${index}` : null,
          addedAt: Date.UTC(2025, 0, 1) + index,
          size: Math.round(2e6 + random() * 2e7),
          width: graded ? (portrait ? 4000 : 6000) : 0,
          height: graded ? (portrait ? 6000 : 4000) : 0,
          placeholder: graded ? 'AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA' : null,
          takenAt: chance(0.02) ? null : Math.round(takenAt),
          camera: chance(0.03) ? null : pick(cameras),
          lens: chance(0.2) ? null : pick(lenses),
          iso: chance(0.05) ? null : pick(ISOS),
          latitude: chance(0.25) ? 46 + random() : null,
          longitude: 8 + random(),
          stack: inStack ? stack : null,
          stackTop: top ? 1 : 0,
          focus: graded ? random() * 100 : null,
          brightness: graded ? random() * 255 : null,
          noise: graded ? random() * 12 : null,
          colorfulness: graded ? random() * 110 : null,
          hash: Math.floor(random() * 2 ** 32)
            .toString(16)
            .padStart(16, '0'),
          technical: graded ? Math.round(random() * 10_000) / 100 : null,
          tier: graded ? 0 : null,
          grade: grade === null ? null : Math.max(0, Math.min(100, grade)),
          reasons: reasons.join(','),
        }).lastInsertRowid,
      );
      ids.push(id);
      statements.file.run(id, folder, unique, 1e6 + index, String(index));
      if (grade !== null) {
        const value = Math.max(0, Math.min(100, grade));
        const dimensions = Object.fromEntries(
          DIMENSIONS.map((dimension) => [dimension, { value: random() * 100, probabilities: null }]),
        );
        const critique = Number(
          statements.critique.run(id, `content-${index}`, value, levelOf(value), random(), JSON.stringify(dimensions))
            .lastInsertRowid,
        );
        statements.counts.run(critique, id);
        for (const [position, reason] of reasons.entries())
          statements.reason.run(critique, position, reason, -5 * random());
      }
      if (chance(0.25)) {
        statements.mark.run(id, pick(['pick', 'none', 'reject']), Math.floor(random() * 6), pick(COLORS));
      }
      if (chance(0.3)) statements.keyword.run(id, pick(keywords));
      if (options.words !== false)
        statements.words.run(id, unique, `synthetic ${pick(WORDS)}`, pick(WORDS), reasons.join(' '));
    }
  })();
  return ids;
}

function gauss(random: () => number): number {
  return Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
}

function prepare(catalog: Catalog) {
  return {
    stack: catalog.prepare("INSERT INTO stack (kind) VALUES ('burst')"),
    photo: catalog.prepare(
      `INSERT INTO photo (folder_id, name, name_key, kind, state, error, version, content, added_at, size, width, height,
         placeholder, taken_at, taken_source, camera_id, lens_id, iso, latitude, longitude, stack_id, stack_top, focus,
         brightness, noise, colorfulness, d_hash, p_hash, technical, grade_tier, grade, reasons)
       VALUES (@folder, @name, @nameKey, @kind, @state, @error, @version, @content, @addedAt, @size, @width, @height,
         @placeholder, @takenAt, 'exif', @camera, @lens, @iso, @latitude, CASE WHEN @latitude IS NULL THEN NULL ELSE @longitude END,
         @stack, @stackTop, @focus, @brightness, @noise, @colorfulness, @hash, @hash, @technical, @tier, @grade, @reasons)`,
    ),
    file: catalog.prepare(
      `INSERT INTO file (photo_id, folder_id, name, role, position, kind, size, mtime, device, inode)
       VALUES (?, ?, ?, 'main', 0, 'jpeg', ?, 0, '1', ?)`,
    ),
    critique: catalog.prepare(
      `INSERT INTO critique (photo_id, content, critic, model_hash, prompt_version, value, level, confidence, dimensions,
         suggestions, created_at) VALUES (?, ?, 'measured', '1', '1', ?, ?, ?, ?, '[]', 0)`,
    ),
    counts: catalog.prepare('UPDATE photo SET critique_id = ? WHERE id = ?'),
    reason: catalog.prepare(
      "INSERT INTO reason (critique_id, position, name, weight, text) VALUES (?, ?, ?, ?, 'Made up.')",
    ),
    mark: catalog.prepare(
      "INSERT INTO mark (photo_id, flag, stars, color, source, changed_at) VALUES (?, ?, ?, ?, 'person', 0)",
    ),
    keyword: catalog.prepare('INSERT OR IGNORE INTO photo_keyword (photo_id, keyword_id) VALUES (?, ?)'),
    words: catalog.prepare('INSERT INTO photo_text (rowid, name, folders, keywords, critique) VALUES (?, ?, ?, ?, ?)'),
  };
}
