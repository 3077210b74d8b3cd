/** What leaves the library: the dialogs that are open, what they would do, and starting it. */
import { createStore, type StoreApi } from 'zustand/vanilla';
import { type ExportOptions, exportOptionsSchema } from '../../shared/export.ts';
import type { EmbedPlanView, ExportPlanView, TrashPlanView } from '../../shared/outward.ts';
import type { Api } from './connection.ts';
import type { JobsStore } from './jobs.ts';
import type { LibraryStore } from './library.ts';
import type { Memory } from './memory.ts';
import type { NoticesStore } from './notices.ts';

export type Outward =
  | { kind: 'export'; ids: readonly number[] }
  | { kind: 'list'; ids: readonly number[] }
  | { kind: 'embed'; ids: readonly number[] }
  /** `hidden`: of these photos so many are not in view. The ids are those of the moment in which it was opened. */
  | { kind: 'trash'; ids: readonly number[]; hidden: number; isRejected: boolean };

export type Preset = { name: string; options: ExportOptions };

const made = (given: Partial<ExportOptions>): ExportOptions => exportOptionsSchema.parse(given);

/** What most people need first. */
export const PRESETS: readonly Preset[] = [
  { name: 'Originals with sidecars', options: made({}) },
  {
    name: 'For the web, 2048 px',
    options: made({
      as: 'jpeg',
      longEdge: 2048,
      quality: 82,
      metadata: 'copyright',
      stripGps: true,
      pattern: '{shoot}/{name}',
    }),
  },
  {
    name: 'For a client, full size',
    options: made({ as: 'jpeg', quality: 92, stripGps: true, pattern: '{shoot}/{shoot}-{counter:3}' }),
  },
  { name: 'For print, TIFF', options: made({ as: 'tiff', pattern: '{shoot}/{name}' }) },
];

export interface OutwardStore {
  outward: StoreApi<{ dialog: Outward | null; presets: readonly Preset[] }>;
  askExport(ids: readonly number[]): void;
  askEmbed(ids: readonly number[]): void;
  planEmbed(ids: readonly number[]): Promise<EmbedPlanView>;
  startEmbed(ids: readonly number[], signed: boolean): Promise<void>;
  /** Opens the dialog for a contact sheet, CSV or JSON. */
  askList(ids: readonly number[]): void;
  /** A job writes it into a folder; when it is there, its name is said. */
  writeList(ids: readonly number[], title: string, folder: string, ending: 'pdf' | 'csv' | 'json'): Promise<void>;
  /** Puts the paths of these photos on the clipboard, one a line. */
  copyPaths(ids: readonly number[]): Promise<void>;
  openFile(id: number, how: 'reveal' | 'open'): Promise<void>;
  askTrash(ids: readonly number[]): void;
  /** Rejected photos of the place that is shown, those that its filter hides with them. */
  askTrashRejected(): Promise<void>;
  closeOutward(): void;
  planExport(
    ids: readonly number[],
    folder: string,
    options: ExportOptions,
    signal: AbortSignal,
  ): Promise<ExportPlanView>;
  startExport(ids: readonly number[], folder: string, options: ExportOptions): Promise<void>;
  planTrash(ids: readonly number[], folder: string | null): Promise<TrashPlanView>;
  startTrash(ids: readonly number[], folder: string | null): Promise<void>;
  keepPreset(preset: Preset): void;
  dropPreset(name: string): void;
  /** What was chosen last time. */
  lastOptions(): ExportOptions;
}

export function createOutwardStore({
  api,
  library,
  memory,
  copyText,
  notify,
  notifyProblem,
  jobEnded,
  sayEnded,
}: { api: Api; memory: Memory; copyText: (text: string) => void } & Pick<LibraryStore, 'library'> &
  Pick<JobsStore, 'jobEnded' | 'sayEnded'> &
  Pick<NoticesStore, 'notify' | 'notifyProblem'>): OutwardStore {
  const read = (value: unknown): ExportOptions | null => exportOptionsSchema.safeParse(value).data ?? null;
  const { own } = memory.recall<{ own: Preset[] }>('export.presets', { own: [] });
  const outward = createStore<{ dialog: Outward | null; presets: readonly Preset[] }>(() => ({
    dialog: null,
    presets: own.flatMap(({ name, options }) => {
      const known = read(options);
      return known === null ? [] : [{ name, options: known }];
    }),
  }));
  const setPresets = (presets: readonly Preset[]): void => {
    outward.setState({ presets });
    memory.remember('export.presets', { own: presets });
  };
  return {
    outward,
    askExport: (ids) => outward.setState({ dialog: { kind: 'export', ids } }),
    askEmbed: (ids) => outward.setState({ dialog: { kind: 'embed', ids } }),
    planEmbed: (ids) => api.embed.plan({ ids: [...ids] }),
    async startEmbed(ids, signed) {
      try {
        await api.embed.start({ ids: [...ids], signed });
      } catch (error) {
        notifyProblem(error);
      }
    },
    askList: (ids) => outward.setState({ dialog: { kind: 'list', ids } }),
    async writeList(ids, title, folder, ending) {
      try {
        const { job } = await api.report.list({ ids: [...ids], title, folder, ending });
        sayEnded(await jobEnded(job));
      } catch (error) {
        notifyProblem(error);
      }
    },
    async copyPaths(ids) {
      try {
        const { paths } = await api.files.paths({ ids: [...ids] });
        copyText(paths.join('\n'));
        notify(paths.length === 1 ? 'Its path is copied' : `${paths.length.toLocaleString('en')} paths are copied`);
      } catch (error) {
        notifyProblem(error);
      }
    },
    async openFile(id, how) {
      try {
        await api.files.open({ id, how });
      } catch (error) {
        notifyProblem(error);
      }
    },
    askTrash: (ids) => outward.setState({ dialog: { kind: 'trash', ids, hidden: 0, isRejected: false } }),
    async askTrashRejected() {
      try {
        const { ids, hidden } = await api.trash.rejected({ query: library.getState().query });
        if (ids.length === 0) notify('No photo is rejected here.');
        else outward.setState({ dialog: { kind: 'trash', ids, hidden, isRejected: true } });
      } catch (error) {
        notifyProblem(error);
      }
    },
    closeOutward: () => outward.setState({ dialog: null }),
    planExport: (ids, folder, options, signal) => api.exports.plan({ ids: [...ids], folder, options }, { signal }),
    async startExport(ids, folder, options) {
      memory.remember('export.last', options);
      await api.exports.start({ ids: [...ids], folder, options });
    },
    planTrash: (ids, folder) => api.trash.plan({ ids: [...ids], folder }),
    async startTrash(ids, folder) {
      await api.trash.start({ ids: [...ids], folder });
    },
    keepPreset: (preset) =>
      setPresets([...outward.getState().presets.filter(({ name }) => name !== preset.name), preset]),
    dropPreset: (name) => setPresets(outward.getState().presets.filter((preset) => preset.name !== name)),
    lastOptions: () => read(memory.recall<Partial<ExportOptions>>('export.last', {})) ?? made({}),
  };
}
