/** Plain records that the core gives to its shells: what a verb prints, a protocol sends, a log keeps. */
import type { Reason } from '../../../shared/critique.ts';
import type { GradeEstimate } from '../../../shared/estimate.ts';
import type { EyeState } from '../../../shared/face.ts';
import type { Level } from '../../../shared/grade.ts';
import type { Color, Flag, Kind, PhotoState } from '../../../shared/photo.ts';
import type { SortKey } from '../../../shared/sorts.ts';

export type LogLine = { level: 'info' | 'warning' | 'error'; text: string };

/** A file to send as it is, or bytes made for this call. `type` is a MIME type. */
export type ServedPicture = ({ path: string } | { bytes: Uint8Array }) & {
  type: string;
  /** It stands in for one that cannot be shown now: the address will show another. */
  passing: boolean;
};

export type IndexProgress = {
  phase: 'scan' | 'look';
  done: number;
  /** Null while it is being counted. */
  total: number | null;
  failed: number;
  /** For people. */
  text: string;
};

/** What `index --json` prints. */
export type IndexReport = {
  /** Folders that were indexed. */
  roots: number;
  /** Photos in them now. */
  photos: number;
  /** Photos looked at in this run. */
  indexed: number;
  /** Photos left untouched. */
  unchanged: number;
  /** Absolute paths with a sentence each; also those that failed in earlier runs and are still broken. */
  failed: { path: string; reason: string }[];
  seconds: number;
  /** Jobs that ran for it. */
  jobs: number;
};

/** A face as `list --json` prints it. */
export type ListedFace = {
  /** x, y, width and height: shares of the upright picture's width and height. */
  box: [number, number, number, number];
  /** How sure the detector is, 0–1. */
  score: number;
  /** At least a quarter as large as the largest face of the photo. */
  prominent: boolean;
  /** `closed` is closed or lowered. */
  eyes: EyeState;
  /** 1 soft, 2 and more sharp; null where the eye is too small. */
  eyeFocus: number | null;
};

/** A photo as `list --json` and `show --json` print it. */
export type ListedPhoto = {
  id: number;
  /** Absolute path of the file that stands for the photo. */
  path: string;
  /** Absolute paths of all its files, that one first, sidecars last. */
  files: string[];
  kind: Kind;
  /** As seen upright; 0 when unknown. */
  width: number;
  height: number;
  /** Wall time at the place, ISO 8601, with the zone where the camera said it. */
  takenAt: string | null;
  camera: string | null;
  grade: {
    value: number;
    level: Level;
    critic: string;
    confidence: number;
    reasons: Reason[];
  } | null;
  /** What the chosen grader would say, where it is slow and has not graded the photo. */
  estimate: GradeEstimate | null;
  measures: Record<string, unknown> | null;
  /** 0–100; null while nothing was learned that helps, and where it is switched off. */
  taste: number | null;
  /** Largest first; null where they were not looked for. */
  faces: ListedFace[] | null;
  flag: Flag;
  stars: number;
  color: Color;
  stack: { id: number; size: number; top: boolean } | null;
  state: PhotoState;
  error: string | null;
};

/** What `cull --json` prints: absolute paths, best first; scores by the judge, 0–100. */
export type CullReport = {
  photos: number;
  /** Photos that a person marked before. */
  decided: number;
  keep: { path: string; score: number; reason: string }[];
  /** `better`: the kept frame that it falls behind. */
  reject: { path: string; score: number; reason: string; better: string | null }[];
  /** Marked by a person, not judged, or part of a whole of which a part is marked. */
  untouched: string[];
};

export type ListOptions = {
  sort?: SortKey;
  order?: 'asc' | 'desc';
  /** Text of shared/filter-text.ts. */
  filter?: string;
  /** Absolute path of a folder: only what lies in it or below. */
  folder?: string;
  limit?: number;
};

/** What `sidecars write --json` and `sidecars read --json` print; all paths are absolute. */
export type SidecarReport = {
  /** Sidecars that were written; of `read`: those from which something was taken. */
  written: string[];
  /** Photos of which nothing had to be written or taken. */
  unchanged: number;
  /** Where library and sidecar both changed: what stays as it is until a person chooses. */
  conflicts: { path: string; field: string; ours: string | number | null; theirs: string | number | null }[];
  failed: { path: string; reason: string }[];
};

export type Finding = {
  name: string;
  state: 'works' | 'limited' | 'missing';
  text: string;
  remedy: string | null;
};
