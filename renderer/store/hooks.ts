/** The page's stores as React sees them: a component draws again when what it picked has changed. */
import { useCallback, useEffect, useSyncExternalStore } from 'react';
import { type StoreApi, useStore } from 'zustand';
import type { ActionName } from '../../shared/actions.ts';
import type { Facets } from '../../shared/contract.ts';
import type { LocatedEvidence } from '../../shared/evidence.ts';
import type { PhotoDetail, PhotoRow } from '../../shared/photo.ts';
import { type Conversation, NO_CONVERSATION } from './critique.ts';
import type { Target } from './drag.ts';
import type { Engines } from './engines.ts';
import type { Counted, Spread } from './facets.ts';
import type { Models } from './models.ts';
import * as stores from './stores.ts';

const hookOf =
  <State>(store: StoreApi<State>) =>
  <Picked>(pick: (state: State) => Picked): Picked =>
    useStore(store, pick);

export const useApp = hookOf(stores.app);
export const useComparison = hookOf(stores.comparison);
export const useCull = hookOf(stores.cull);
export const useProposal = hookOf(stores.proposal);
export const useSecondLook = hookOf(stores.secondLook);
export const useDrag = hookOf(stores.drag);
export const useFeedback = hookOf(stores.feedback);
export const useHistory = hookOf(stores.history);
export const useImport = hookOf(stores.importing);
export const useJobs = hookOf(stores.jobs);
export const useLibrary = hookOf(stores.library);
export const useLoupe = hookOf(stores.loupe);
export const useMoments = hookOf(stores.moments);
export const useOutward = hookOf(stores.outward);
export const usePlaces = hookOf(stores.places);
export const useReport = hookOf(stores.report);
export const useSelection = hookOf(stores.selection);
export const useSettings = hookOf(stores.settings);
export const useSidecarPlan = hookOf(stores.sidecarPlan);
export const useTaste = hookOf(stores.taste);
export const useWouldBe = hookOf(stores.wouldBe);
export const useView = hookOf(stores.viewState);

/** The row of a photo, read when missing. */
export function useRow(id: number | null): PhotoRow | undefined {
  const subscribe = useCallback(
    (listener: () => void) => (id === null ? () => {} : stores.followRow(id, listener)),
    [id],
  );
  return useSyncExternalStore(subscribe, () => (id === null ? undefined : stores.rowOf(id)));
}

/** Detail of a photo, read when it is missing or has changed; the last known one stays while it is read again. */
export function useDetail(id: number | null): { detail: PhotoDetail | null; problem: string | null } {
  const detail = useStore(stores.details, ({ known }) => (id === null ? undefined : known.get(id)));
  const problem = useStore(stores.details, ({ problems }) => (id === null ? undefined : problems.get(id)));
  useEffect(() => (id === null ? undefined : stores.followDetail(id)), [id]);
  return { detail: detail ?? null, problem: problem ?? null };
}

function useCounted<Value>({ store, follow }: Counted<Value>): Value | null {
  useEffect(follow, [follow]);
  return useStore(store, ({ value }) => value);
}

/** What the filter could narrow to, for the query that is shown; null until counted. */
export function useFacets(): Facets | null {
  return useCounted(stores.facets);
}

/** Grades of the view in bins, and the library's median of each dimension; null until counted. */
export function useSpread(): Spread | null {
  return useCounted(stores.spread);
}

/** Where on a photo is lit what a person points at. */
export function useLit(photo: number): readonly LocatedEvidence[] {
  return useStore(stores.evidence, (state) => stores.litOn(state, photo));
}

/** What the grade of a photo is called: a model's is a grade, the measured critic's is technical quality. */
export function useGradeTitle(): string {
  return useSettings((now) => now.models.active !== null) ? 'Grade' : 'Technical quality';
}

/** The models, kept fresh while they are shown. */
export function useModels(): Models {
  useEffect(stores.followModels, []);
  return useStore(stores.models);
}

/** Engines on other computers, kept fresh while they are shown. */
export function useEngines(): Engines {
  useEffect(stores.followEngines, []);
  return useStore(stores.engines);
}

/** What the critic writes about a photo. */
export function useConversation(id: number): Conversation {
  return useStore(stores.conversations, ({ byPhoto }) => byPhoto.get(id) ?? NO_CONVERSATION);
}

/** The first chord of an action as text for a tooltip or menu (`Ctrl Shift Z`); empty when it has none. */
export function useChord(action: ActionName): string {
  return useSettings(({ keys }) => stores.chordText(action, keys));
}

/** Registers what `data-drop={name}` takes while the component is there. */
export function useDropTarget(name: string, target: Target): void {
  useEffect(() => stores.registerTarget(name, target), [name, target]);
}
