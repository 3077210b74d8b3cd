/** Made sidecars written by us and read before and after by exiftool, who knows nothing of how we write. */
import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { exiftoolPath } from 'exiftool-vendored';
import { compose, type Wish } from '../../electron/core/originals/sidecars/compose.ts';
import { COLORS, FLAGS } from '../../shared/photo.ts';
import { seededRandom } from '../../shared/random.ts';
import { madeSidecar } from './made-sidecars.ts';

export const OPTIONS = {
  colorWords: { red: 'Red', yellow: 'Yellow', green: 'Green', blue: 'Blue', purple: 'Purple' },
  rejectAsRating: false,
  now: new Date('2026-11-28T12:00:00Z'),
} as const;

type Tags = Readonly<Record<string, unknown>>;

/** What exiftool reads of every file of a folder, by name. */
export async function readingsOf(folder: string): Promise<Map<string, Tags>> {
  const { stdout } = await promisify(execFile)(
    await exiftoolPath(),
    [
      '-config',
      '',
      '-j',
      '-G1',
      '-a',
      '-struct',
      '-n',
      '-charset',
      'filename=utf8',
      '-XMP:all',
      '-r',
      '-ext',
      'xmp',
      folder,
    ],
    { maxBuffer: 2 ** 30 },
  );
  const all = JSON.parse(stdout) as (Tags & { SourceFile: string })[];
  return new Map(all.map(({ SourceFile, ...tags }) => [SourceFile.slice(SourceFile.lastIndexOf('/') + 1), tags]));
}

/** The fields that carry what was asked for, by exiftool's names; all others are foreign. */
export function oursIn(wish: Wish): ReadonlySet<string> {
  const fields = ['XMP-xmp:MetadataDate'];
  if (wish.flag !== undefined)
    fields.push('XMP-xmpDM:Pick', 'XMP-xmpDM:Good', 'XMP-digiKam:PickLabel', 'XMP-xmp:Rating');
  if (wish.stars !== undefined) fields.push('XMP-xmp:Rating');
  if (wish.color !== undefined) fields.push('XMP-xmp:Label', 'XMP-photoshop:LabelColor');
  // Where other programs keep the same label: it would come back from there.
  if (wish.color === 'none') {
    fields.push(
      'XMP-digiKam:ColorLabel',
      'XMP-photomech:ColorClass',
      'XMP-darktable:Colorlabels',
      'XMP-photoshop:Urgency',
    );
  }
  if (wish.title !== undefined) fields.push('XMP-dc:Title');
  if (wish.caption !== undefined) fields.push('XMP-dc:Description');
  // darktable and digiKam read these alone where they are.
  if (wish.addKeywords !== undefined) {
    fields.push('XMP-dc:Subject', 'XMP-lr:HierarchicalSubject', 'XMP-digiKam:TagsList');
  }
  if (wish.removeKeywords !== undefined) {
    fields.push('XMP-dc:Subject', 'XMP-lr:HierarchicalSubject', 'XMP-digiKam:TagsList');
  }
  return new Set(fields);
}

export function wishOf(seed: number): Wish {
  const random = seededRandom(seed + 99);
  const pick = <Item>(items: readonly Item[]) => items[Math.floor(random() * items.length)]!;
  const wish: Wish = {};
  if (random() < 0.6) wish.flag = pick(FLAGS);
  if (random() < 0.6) wish.stars = Math.floor(random() * 6);
  if (random() < 0.5) wish.color = pick(COLORS);
  if (random() < 0.4) wish.addKeywords = pick([['snow'], ['Zürich', 'a & b'], ['People|Ann "A"'], ['lake']]);
  if (random() < 0.2) wish.removeKeywords = pick([['old town'], ['Oslo'], ['雪山']]);
  if (random() < 0.3) wish.title = pick([null, 'A <title> & "more"', '朝']);
  if (random() < 0.3) wish.caption = pick([null, "It's\ntwo lines", 'Fjord & ice']);
  return wish;
}

export type RoundTrip = {
  written: number;
  unchanged: number;
  refused: { seed: number; program: string; reason: string }[];
  /** Of a foreign property that reads differently after. */
  changed: { seed: number; program: string; property: string; before: unknown; after: unknown }[];
  /** Of what was asked for and does not read so. */
  missed: { seed: number; program: string; property: string; wanted: unknown; after: unknown }[];
};

/** @param write how a sidecar is changed; null: not at all. */
export async function roundTrip(
  count: number,
  write: (bytes: Buffer, wish: Wish, seed: number) => Buffer | null = (bytes, wish) =>
    compose(bytes, wish, OPTIONS)?.bytes ?? null,
): Promise<RoundTrip> {
  const folder = mkdtempSync(join(tmpdir(), 'keeplight-round-'));
  const result: RoundTrip = { written: 0, unchanged: 0, refused: [], changed: [], missed: [] };
  try {
    for (const side of ['before', 'after']) mkdirSync(join(folder, side));
    for (let seed = 0; seed < count; seed++) {
      const { bytes, program } = madeSidecar(seed);
      let after: Buffer | null = null;
      try {
        after = write(bytes, wishOf(seed), seed);
        if (after === null) result.unchanged++;
        else result.written++;
      } catch (error) {
        result.refused.push({ seed, program, reason: String(error) });
      }
      writeFileSync(join(folder, 'before', `${seed}.xmp`), bytes);
      writeFileSync(join(folder, 'after', `${seed}.xmp`), after ?? bytes);
    }
    const [before, after] = [await readingsOf(join(folder, 'before')), await readingsOf(join(folder, 'after'))];
    for (let seed = 0; seed < count; seed++)
      compare(seed, before.get(`${seed}.xmp`)!, after.get(`${seed}.xmp`)!, result);
  } finally {
    rmSync(folder, { recursive: true });
  }
  return result;
}

function compare(seed: number, before: Tags, after: Tags, result: RoundTrip): void {
  const { program } = madeSidecar(seed);
  const wish = wishOf(seed);
  const ours = oursIn(wish);
  for (const property of new Set([...Object.keys(before), ...Object.keys(after)])) {
    if (ours.has(property) || JSON.stringify(before[property]) === JSON.stringify(after[property])) continue;
    result.changed.push({ seed, program, property, before: before[property], after: after[property] });
  }
  if (result.refused.some((refused) => refused.seed === seed)) return;
  const expectTag = (property: string, wanted: unknown) => {
    if (String(after[property]) !== String(wanted))
      result.missed.push({ seed, program, property, wanted, after: after[property] });
  };
  if (wish.stars !== undefined) expectTag('XMP-xmp:Rating', wish.stars);
  if (wish.flag !== undefined) expectTag('XMP-xmpDM:Pick', { pick: 1, none: 0, reject: -1 }[wish.flag]);
  if (wish.color !== undefined && wish.color !== 'none') expectTag('XMP-photoshop:LabelColor', wish.color);
  const list = (property: string) => [after[property] ?? []].flat().map(String);
  for (const keyword of wish.addKeywords ?? []) {
    const leaf = keyword.slice(keyword.lastIndexOf('|') + 1);
    if (!list('XMP-dc:Subject').includes(leaf))
      result.missed.push({ seed, program, property: 'XMP-dc:Subject', wanted: leaf, after: after['XMP-dc:Subject'] });
  }
  for (const keyword of wish.removeKeywords ?? []) {
    if (list('XMP-dc:Subject').includes(keyword))
      result.missed.push({ seed, program, property: 'XMP-dc:Subject', wanted: `not ${keyword}`, after: keyword });
  }
}
