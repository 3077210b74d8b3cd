/** What a person points at among reasons, and where on the photo it was measured: asked of the core when first pointed at. */
import { createStore, type StoreApi } from 'zustand/vanilla';
import type { EvidenceKind, LocatedEvidence } from '../../shared/evidence.ts';
import type { Api } from './connection.ts';
import type { RowsStore } from './rows.ts';

export interface Pointed {
  readonly photo: number;
  readonly kinds: readonly EvidenceKind[];
}

/** Of one version of a photo: null where a kind has no place. */
type Known = ReadonlyMap<EvidenceKind, LocatedEvidence | null>;

export interface EvidenceState {
  readonly pointed: Pointed | null;
  readonly known: ReadonlyMap<string, Known>;
}

export interface EvidenceStore {
  evidence: StoreApi<EvidenceState>;
  /** @param also kinds that are likely pointed at next: they are looked for at once with these. Never rejects. */
  pointAt(pointed: Pointed, also?: readonly EvidenceKind[]): void;
  /** Points at nothing, if that is what is still pointed at. */
  pointAway(pointed: Pointed): void;
  /** What is to be lit on a photo now: nothing as long as it is looked for. */
  litOn(state: EvidenceState, photo: number): readonly LocatedEvidence[];
}

/** Photos whose places are kept: a mask takes some hundred kilobytes. */
const KEPT = 6;
/** A pointer that only passes asks nothing, milliseconds. */
const REST = 60;
const NOTHING: readonly LocatedEvidence[] = [];

export function createEvidenceStore({ api, rowOf }: { api: Api } & Pick<RowsStore, 'rowOf'>): EvidenceStore {
  const evidence = createStore<EvidenceState>(() => ({ pointed: null, known: new Map() }));
  const keyOf = (photo: number) => `${photo} ${rowOf(photo)?.version ?? 0}`;
  let rest: ReturnType<typeof setTimeout> | undefined;
  let last: { from: EvidenceState; photo: number; lit: readonly LocatedEvidence[] } | null = null;

  function keep(key: string, kinds: readonly EvidenceKind[], found: readonly LocatedEvidence[]): void {
    evidence.setState(({ known }) => {
      const own = new Map(known.get(key));
      for (const kind of kinds) own.set(kind, found.find((one) => one.kind === kind) ?? null);
      const next = new Map(known);
      next.delete(key);
      next.set(key, own);
      for (const oldest of next.keys()) if (next.size > KEPT) next.delete(oldest);
      return { known: next };
    });
  }

  async function look(photo: number, kinds: readonly EvidenceKind[]): Promise<void> {
    const key = keyOf(photo);
    const missing = kinds.filter((kind) => !evidence.getState().known.get(key)?.has(kind));
    if (missing.length === 0) return;
    try {
      keep(key, missing, await api.photos.evidence({ id: photo, kinds: [...missing] }));
    } catch {
      // What cannot be found again is not shown; the next pointing asks once more.
    }
  }

  return {
    evidence,
    pointAt(pointed, also = []) {
      evidence.setState({ pointed });
      clearTimeout(rest);
      rest = setTimeout(() => void look(pointed.photo, [...new Set([...pointed.kinds, ...also])]), REST);
    },
    pointAway(pointed) {
      if (evidence.getState().pointed !== pointed) return;
      clearTimeout(rest);
      evidence.setState({ pointed: null });
    },
    litOn(state, photo) {
      const { pointed, known } = state;
      if (pointed?.photo !== photo) return NOTHING;
      if (last?.from === state && last.photo === photo) return last.lit;
      const own = known.get(keyOf(photo));
      const lit = pointed.kinds.flatMap((kind) => own?.get(kind) ?? []);
      last = { from: state, photo, lit };
      return lit;
    },
  };
}
