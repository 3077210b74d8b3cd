/** Photos as lists: what spreadsheets and scripts read back is what is known, and a contact sheet shows all. */
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { verb } from '../cli/run-cli.ts';
import { makePhoto, workplace } from '../core/made-photos.ts';

/** RFC 4180, read by other rules than it is written by. */
function readCsv(text: string): Record<string, string>[] {
  const rows: string[][] = [[]];
  let cell = '';
  let isQuoted = false;
  for (let at = 0; at < text.length; at++) {
    const sign = text[at]!;
    if (isQuoted) {
      if (sign === '"' && text[at + 1] === '"') {
        cell += '"';
        at++;
      } else if (sign === '"') isQuoted = false;
      else cell += sign;
    } else if (sign === '"') isQuoted = true;
    else if (sign === ',') {
      rows.at(-1)!.push(cell);
      cell = '';
    } else if (sign === '\r' && text[at + 1] === '\n') {
      rows.at(-1)!.push(cell);
      cell = '';
      rows.push([]);
      at++;
    } else cell += sign;
  }
  const [head, ...body] = rows.slice(0, -1);
  return body.map((row) => Object.fromEntries(head!.map((name, index) => [name, row[index] ?? ''])));
}

test('everything known goes into CSV and JSON, a contact sheet has each photo, and nothing is written over', async () => {
  await using place = workplace();
  for (const [index, name] of ['a.jpg', '=HYPERLINK("x").jpg', 'c.jpg'].entries())
    await makePhoto(join(place.photos, name), index, { takenAt: `2024:05:01 12:0${index}:00` });
  const core = await place.open();
  await core.index([place.photos]);
  const id = core.resolvePhoto(join(place.photos, 'a.jpg'));
  core.mark([id], { flag: 'pick', stars: 4, color: 'red' });
  core.tag([id], { add: ['snow', 'Places|Oslo'], remove: [] });
  core.word([id], 'caption', 'Ice, "light"\nin two lines');
  core.word([core.resolvePhoto(join(place.photos, 'c.jpg'))], 'title', '=1+1');
  const at = (name: string) => join(place.photos, '..', name);
  const ids = core.listIds({ sort: 'name' });
  const write = async (out: string, title = 'Photos') =>
    core.finishJob(core.reports.startList({ ids, title }, { path: at(out), replaces: false }));
  await write('all.csv');
  const text = readFileSync(at('all.csv'), 'utf8');
  expect(text.startsWith('\uFEFFpath,')).toBe(true);
  const rows = readCsv(text.slice(1));
  expect(rows).toHaveLength(3);
  expect(rows.find(({ path }) => path === join(place.photos, 'a.jpg'))).toMatchObject({
    flag: 'pick',
    stars: '4',
    color: 'red',
    keywords: 'Oslo; Places; snow',
    caption: 'Ice, "light"\nin two lines',
    camera: 'Keeplight Test',
    taken: '2024-05-01T12:00:00',
    width: '192',
  });
  expect(rows.map(({ title }) => title).sort()).toEqual(['', '', "'=1+1"]);
  expect(rows.every(({ focus }) => focus === '' || Number.isFinite(Number(focus)))).toBe(true);
  await write('all.json');
  const json = JSON.parse(readFileSync(at('all.json'), 'utf8')) as Record<string, unknown>[];
  expect(json.find((photo) => photo.id === id)).toMatchObject({
    keywords: ['Oslo', 'Places', 'snow'],
    measures: expect.objectContaining({ focus: expect.anything() }),
    grade: expect.objectContaining({ reasons: expect.any(Array) }),
  });
  await write('sheet.html', 'A <b> & C');
  const html = readFileSync(at('sheet.html'), 'utf8');
  expect(html.match(/data:image\/jpeg;base64/g)).toHaveLength(3);
  expect(html).toContain('A &#60;b&#62; &#38; C');
  expect(html).toContain('★★★★');
  expect(html).not.toMatch(/<script|https?:/);
  writeFileSync(at('mine.csv'), 'of a person');
  await expect(write('mine.csv')).rejects.toThrow(/there already/);
  expect(readFileSync(at('mine.csv'), 'utf8')).toBe('of a person');
  await expect(write('all.txt')).rejects.toThrow(/A list ends in/);
  expect(existsSync(at('all.txt'))).toBe(false);
  // Cancelled before its first turn and stopped while it lists: neither leaves anything.
  const late = core.reports.startList(
    { ids: Array.from({ length: 200 }, () => ids).flat(), title: 'Late' },
    { path: at('late.json'), replaces: false },
  );
  await expect(core.finishJob(late, { signal: AbortSignal.timeout(1) })).rejects.toThrow(/aborted/);
  expect(core.jobs().find((job) => job.id === late)?.state).toBe('cancelled');
  expect(readdirSync(join(place.photos, '..')).filter((name) => /late|part-/.test(name))).toEqual([]);
  await core.close();
  const said = await verb(['sheet', place.photos, '--out', at('cli.csv'), '--data', place.data, '--json']);
  expect(JSON.parse(said.stdout)).toMatchObject({ out: at('cli.csv'), photos: 3 });
  expect(readFileSync(at('cli.csv'), 'utf8').length).toBe(text.length);
}, 120_000);
