/** What the core asks of whoever judges photos with models. */
import type { Message, Verdict, Writing } from '../../../shared/contract.ts';
import type { CriticId } from '../../../shared/critique.ts';
import type { Engine, Model } from '../../../shared/model.ts';
import type { PhotoId } from '../../../shared/photo.ts';
import type { Query } from '../../../shared/query.ts';
import type { Settings } from '../../../shared/settings.ts';

export interface Critics {
  /** The model whose grades count, once its identity is known; null while the measured critic's count. */
  activeCritic(): CriticId | null;
  /** Photos are ready that were not before: a model that grades in the background has work. */
  photosReady(): void;
  settingsChanged(settings: Settings): void;
  close(): Promise<void>;

  /** @returns the job. */
  grade(query: Query): Promise<number>;
  explain(photo: PhotoId, options: { again: boolean }, signal: AbortSignal | undefined): AsyncIterable<Writing>;
  messages(photo: PhotoId): Message[];
  ask(
    photo: PhotoId,
    question: { question: string; retry: boolean },
    signal: AbortSignal | undefined,
  ): AsyncIterable<Writing>;
  forget(photo: PhotoId, message: number | null): void;
  compare(photos: readonly PhotoId[], signal: AbortSignal | undefined): Promise<Verdict>;
  engine(): Engine;

  models(): Promise<Model[]>;
  /** @returns the job. */
  install(name: string, licence: string | null): Promise<number>;
  /** @param files absolute paths. */
  addLocal(files: { model: string; mmproj: string | null; title: string | null }): Promise<Model>;
  remove(name: string): Promise<void>;
  use(name: string): Promise<void>;
}
