/**
 * Evidence of a photo of the library. What is found again in its file is told only where the measure is the very one that is
 * stored: another file, or another version of it, shows nothing rather than something that was never measured.
 */
import { EVIDENCE_FACTS, type EvidenceKind, type LocatedEvidence } from '../../../shared/evidence.ts';
import { closedFaces, type Face, softFaces } from '../../../shared/face.ts';
import { CoreError } from '../base/core-error.ts';
import { UnreadablePhoto } from '../base/unreadable.ts';
import { facesOf } from '../catalog/faces.ts';
import { seenOf } from '../catalog/facts.ts';
import type { Catalog } from '../catalog/open.ts';
import { picturePaths, standingOf } from '../catalog/photos.ts';
import type { AnalysisPool } from './analysis-pool.ts';
import { turnedEvidence } from './evidence/turned.ts';

/** A person waits for it. */
const PRIORITY = 3;
/** Doubles that went through JSON come back as they were; the rest is the rounding of a sum. */
const ALIKE = 1e-6;

const WHOLE = { left: 0, top: 0, width: 1, height: 1 };

/** @throws CoreError NOT_FOUND for an unknown photo; the signal's reason when aborted */
export async function evidenceOfPhoto(
  catalog: Catalog,
  pool: () => AnalysisPool,
  photo: number,
  kinds: readonly EvidenceKind[],
  signal: AbortSignal | undefined,
): Promise<LocatedEvidence[]> {
  const standing = standingOf(catalog, photo);
  if (!standing) throw new CoreError('NOT_FOUND', 'This photo is no longer in the library.');
  const ofPixels = kinds.filter((kind) => EVIDENCE_FACTS[kind].measure !== null);
  const inPixels = ofPixels.length === 0 ? [] : await measuredPlaces(catalog, pool, photo, ofPixels, signal);
  // The upper third that was measured is the file's, not that of a photo on its side.
  const there = inPixels.filter(({ kind }) => kind !== 'sky' || standing.quarters === 0);
  const found = [
    ...there.map((one) => turnedEvidence(one, standing.quarters)),
    ...eyes(catalog, photo, standing, kinds),
  ];
  return kinds.flatMap((kind) => found.find((one) => one.kind === kind) ?? []);
}

async function measuredPlaces(
  catalog: Catalog,
  pool: () => AnalysisPool,
  photo: number,
  kinds: readonly EvidenceKind[],
  signal: AbortSignal | undefined,
): Promise<LocatedEvidence[]> {
  const seen = seenOf(catalog, photo);
  if (seen === null) return [];
  const isStored = ({ kind, value }: LocatedEvidence) => {
    const { measure } = EVIDENCE_FACTS[kind];
    const stored = measure === null ? null : seen[measure];
    return typeof stored === 'number' && Math.abs(stored - value) <= ALIKE * Math.max(1, Math.abs(stored));
  };
  for (const path of picturePaths(catalog, photo)) {
    try {
      const found = await pool().evidence({ path, kinds }, { signal, priority: PRIORITY });
      // Of a pair the other file may be the one that was measured.
      if (found.length > 0 && found.every(isStored)) return found;
    } catch (error) {
      if (!(error instanceof UnreadablePhoto)) throw error;
    }
  }
  return [];
}

function eyes(
  catalog: Catalog,
  photo: number,
  { width, height }: { width: number; height: number },
  kinds: readonly EvidenceKind[],
): LocatedEvidence[] {
  const seen = facesOf(catalog, [photo]).get(photo);
  if (seen === undefined) return [];
  const closed = closedFaces(seen);
  const soft = softFaces(seen);
  const boxes: LocatedEvidence[] = [
    { kind: 'closed-eyes', value: closed.length, part: WHOLE, place: { shape: 'boxes', boxes: closed.map(boxOf) } },
    {
      kind: 'soft-eyes',
      value: Math.min(...soft.map(({ eyeFocus }) => eyeFocus ?? 0)),
      part: WHOLE,
      place: { shape: 'boxes', boxes: soft.map(({ eye }) => eyeBox(eye, width / Math.max(1, height))) },
    },
  ];
  return boxes.filter(({ kind, place }) => kinds.includes(kind) && place.shape === 'boxes' && place.boxes.length > 0);
}

const boxOf = ({ left, top, width, height }: Face) => ({ left, top, width, height });

/** A square about the eye. @param aspect width over height of the photo */
function eyeBox({ x, y, width }: Face['eye'], aspect: number) {
  const height = width * aspect;
  return { left: x - width / 2, top: y - height / 2, width, height };
}
