/**
 * What has to be written for one photo: library, sidecar as it lies there and what both last agreed on, side by side.
 * Who changed something since then is heard; where both did, the newer word holds and the other is shown.
 */
import { statSync } from 'node:fs';
import { join } from 'node:path';
import type { Flag } from '../../../../shared/photo.ts';
import { STATEMENT_FIELDS, type StatementField } from '../../../../shared/statement.ts';
import { agreedStatement, ourStatement, type Statement } from '../../catalog/agreed.ts';
import type { Catalog } from '../../catalog/open.ts';
import { countingCritique, type FileWord, fileWord, type SidecarPlace } from '../../catalog/sidecars.ts';
import { keywordEdits } from '../../catalog/words.ts';
import { type Annotations, annotationsOfXmp, mergeSidecar, NO_ANNOTATIONS } from '../../formats/annotations.ts';
import { byAge } from '../../formats/sidecar.ts';
import { Namespace, readXmp, type XmpStructure } from '../../formats/xmp.ts';
import { bytesOrNone } from '../files/safe-write.ts';
import { type ComposeOptions, compose, SidecarRefusal, type Wish } from './compose.ts';
import { saidJudgement } from './judgement.ts';
import type { FolderNames } from './place.ts';

export type Conflict = {
  /** Absolute path of the sidecar. */
  path: string;
  field: StatementField | 'label';
  ours: string | number | null;
  theirs: string | number | null;
};

export type PlannedFile = {
  /** Below the root, '/' between folders. */
  relativePath: string;
  path: string;
  before: Buffer | null;
  after: Buffer;
};

export type Plan = {
  place: SidecarPlace;
  files: PlannedFile[];
  conflicts: Conflict[];
  /** What the photo's files say before, and after all of it has landed. */
  saidBefore: FileWord;
  saidAfter: FileWord;
};

export type PlanOptions = ComposeOptions & {
  /** Grade and critique are written along. */
  judgements: boolean;
};

type Read = { name: string; path: string; bytes: Buffer | null; properties: XmpStructure; said: Annotations };

/**
 * @returns null when there is nothing to say and nothing to contradict.
 * @throws SidecarRefusal with a sentence; the system's errors of reading.
 */
export function planSidecar(
  catalog: Catalog,
  place: SidecarPlace,
  names: FolderNames,
  options: PlanOptions,
): Plan | null {
  const found = names.sidecarsOf(place.name);
  if (found === null) throw new SidecarRefusal('The photo is no longer there, so nothing was written beside it.');
  const known = fileWord(catalog, place.photo);
  const [target, ...others] = [found.target, ...found.others].map((name) => read(place, name)) as [Read, ...Read[]];
  const sidecars = byAge([target, ...others], ({ said }) => said.metadataDateMs);
  const theirs = theirWord(known, sidecars);
  const { wish, conflicts } = wishFor(catalog, place, theirs, sidecars);
  const hasWish = Object.keys(wish).length > 0;
  const isStamped = [...target.properties.keys()].some((key) => key.startsWith(Namespace.keeplight));
  const critique = options.judgements && (hasWish || isStamped) ? countingCritique(catalog, place.photo) : null;
  const whole: Wish = {
    ...wish,
    ...(critique === null ? {} : { judgement: saidJudgement(critique) }),
    ...(hasWish && target.bytes === null && found.sidecarFor !== null ? { sidecarFor: found.sidecarFor } : {}),
  };
  const files: PlannedFile[] = [];
  for (const sidecar of Object.keys(whole).length > 0 ? sidecars : []) {
    const isTarget = sidecar === target;
    const wanted = isTarget ? whole : contradicted(wish, sidecar);
    const made = compose(sidecar.bytes, wanted, options);
    if (made === null) continue;
    if (made.keptLabel !== null) {
      conflicts.push({ path: sidecar.path, field: 'label', ours: wish.color ?? null, theirs: made.keptLabel });
    }
    const relativePath = place.folder === '' ? sidecar.name : `${place.folder}/${sidecar.name}`;
    files.push({ relativePath, path: sidecar.path, before: sidecar.bytes, after: made.bytes });
  }
  if (files.length === 0 && conflicts.length === 0 && !hasWish) return null;
  const saidAfter = afterwards(theirs, wish, sidecars, options.now);
  return { place, files, conflicts, saidBefore: known, saidAfter };
}

function read({ rootPath, folder }: SidecarPlace, name: string): Read {
  const path = join(rootPath, folder, name);
  const bytes = bytesOrNone(path);
  const reading = bytes === null ? null : readXmp(bytes);
  const properties = reading?.properties ?? new Map();
  return { name, path, bytes, properties, said: annotationsOfXmp(properties, null) };
}

type Theirs = FileWord & { statement: Statement };

/** What the sidecars say as they lie there, over what is known of the photo's own file. */
function theirWord(known: FileWord, sidecars: readonly Read[]): Theirs {
  const said = sidecars.reduce((all, { said }) => mergeSidecar(all, said), NO_ANNOTATIONS);
  const saysFlag = sidecars.some(
    ({ properties, said }) => properties.has(`${Namespace.xmpDM}pick`) || said.pick !== null || said.rating === -1,
  );
  const flag: Flag = said.rating === -1 ? 'reject' : (said.pick ?? 'none');
  const mark = {
    flag: saysFlag ? flag : known.mark.flag,
    stars: said.rating === null ? known.mark.stars : Math.max(0, said.rating),
    color: said.label === null && said.labelColor === null ? known.mark.color : (said.labelColor ?? 'none'),
  };
  const words = {
    ...known.words,
    title: said.title ?? known.words.title,
    caption: said.caption ?? known.words.caption,
    metadataDate: said.metadataDateMs ?? known.words.metadataDate,
  };
  return { mark, words, statement: { ...mark, title: words.title, caption: words.caption } };
}

function wishFor(
  catalog: Catalog,
  place: SidecarPlace,
  theirs: Theirs,
  sidecars: readonly Read[],
): { wish: Wish; conflicts: Conflict[] } {
  const ours = ourStatement(catalog, place.photo);
  const agreed = agreedStatement(catalog, place.photo);
  const wish: Wish = {};
  const conflicts: Conflict[] = [];
  const changing = STATEMENT_FIELDS.filter((field) => ours[field] !== theirs.statement[field]);
  for (const field of changing) {
    const oursChanged = ours[field] !== agreed[field];
    const theirsChanged = theirs.statement[field] !== agreed[field];
    if (theirsChanged && !oursChanged) continue;
    if (theirsChanged && saidAt(sidecars, theirs, agreed.metadataDate) >= place.changedAt) {
      const path = sidecars.find(({ bytes }) => bytes !== null)?.path ?? sidecars[0]!.path;
      conflicts.push({ path, field, ours: ours[field], theirs: theirs.statement[field] });
    } else Object.assign(wish, { [field]: ours[field] });
  }
  const edits = keywordEdits(catalog, place.photo);
  const inSidecars = new Set(sidecars.flatMap(({ said }) => levelsOf(said)));
  const added = edits.filter(({ present }) => present).map(({ name }) => name);
  // A keyword in the photo's own file can only be hidden here.
  const removed = edits.filter(
    ({ name, present }) => !present && name.split('|').some((level) => inSidecars.has(level)),
  );
  if (added.length > 0) wish.addKeywords = added;
  if (removed.length > 0) wish.removeKeywords = removed.map(({ name }) => name);
  // Stars that a reject takes the place of.
  if (wish.flag !== undefined && theirs.mark.stars !== ours.stars) wish.stars ??= ours.stars;
  return { wish, conflicts };
}

/** When the sidecars said it: their own date, or the file's where that was not renewed. */
function saidAt(sidecars: readonly Read[], { words }: Theirs, agreedDate: number | null): number {
  if (words.metadataDate !== null && words.metadataDate !== agreedDate) return words.metadataDate;
  return Math.max(0, ...sidecars.filter(({ bytes }) => bytes !== null).map(({ path }) => statSync(path).mtimeMs));
}

const levelsOf = ({ keywords, hierarchicalKeywords }: Annotations): string[] => [
  ...keywords,
  ...hierarchicalKeywords.flatMap((path) => path.split('|')),
];

/** Of a wish what another sidecar of the same photo says differently. */
function contradicted(wish: Wish, { said, properties }: Read): Wish {
  const saysFlag = said.pick !== null || said.rating === -1 || properties.has(`${Namespace.xmpDM}pick`);
  return {
    ...(wish.flag !== undefined && saysFlag ? { flag: wish.flag } : {}),
    ...(wish.stars !== undefined && said.rating !== null ? { stars: wish.stars } : {}),
    ...(wish.color !== undefined && (said.label !== null || said.labelColor !== null) ? { color: wish.color } : {}),
    ...(wish.title !== undefined && said.title !== null ? { title: wish.title } : {}),
    ...(wish.caption !== undefined && said.caption !== null ? { caption: wish.caption } : {}),
    ...(wish.removeKeywords === undefined ? {} : { removeKeywords: wish.removeKeywords }),
  };
}

function afterwards(theirs: Theirs, wish: Wish, sidecars: readonly Read[], now: Date): FileWord {
  // What was taken out may stand in the photo's own file as well: until the next look the removal is kept.
  const added = wish.addKeywords ?? [];
  const leaf = (keyword: string) => keyword.slice(keyword.lastIndexOf('|') + 1);
  const union = (...lists: readonly (readonly string[])[]) => [...new Set(lists.flat())];
  return {
    mark: {
      flag: wish.flag ?? theirs.mark.flag,
      stars: wish.stars ?? theirs.mark.stars,
      color: wish.color ?? theirs.mark.color,
    },
    words: {
      title: wish.title === undefined ? theirs.words.title : wish.title,
      caption: wish.caption === undefined ? theirs.words.caption : wish.caption,
      keywords: union(theirs.words.keywords, ...sidecars.map(({ said }) => said.keywords), added.map(leaf)),
      paths: union(
        theirs.words.paths,
        ...sidecars.map(({ said }) => said.hierarchicalKeywords),
        added.filter((keyword) => keyword.includes('|')),
      ),
      metadataDate: Math.floor(now.getTime() / 1000) * 1000,
    },
  };
}
