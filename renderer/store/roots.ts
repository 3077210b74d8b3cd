/** The folders that a person added: adding, looking for changes, taking out; and this computer's folders to choose from. */
import type { Api } from './connection.ts';
import type { HistoryStore } from './history.ts';
import type { LibraryStore } from './library.ts';
import type { NoticesStore } from './notices.ts';

/** A folder of this computer as the page may know it: names and tokens, never paths that it could name itself. */
export type Listing = Awaited<ReturnType<Api['disk']['list']>>;

export interface RootsStore {
  /** Adds the folder that a token names. @throws with a sentence for people */
  addRoot(token: string): Promise<void>;
  /** The same, and says that it is being read, or why not. */
  addRootAndSay(token: string): Promise<void>;
  /** Renders the demo shoot and adds it. Never rejects. */
  addDemo(): Promise<void>;
  /** Takes a root out of the library; its files stay. @param name as the person reads it */
  removeRoot(id: number, name: string): Promise<void>;
  /** Looks for changes in a root, null: in all. @param words what is said when it has begun */
  rescan(id: number | null, words: string): Promise<void>;
  /** Has photos looked at again. @param words what is said when it has begun */
  lookAgain(ids: number[], words: string): Promise<void>;
  /** What is in a folder of this computer. @param token null: where choosing begins. @throws with a sentence */
  listFolder(token: string | null, files: 'none' | 'gguf', signal?: AbortSignal): Promise<Listing>;
  /** The same for a path that a person typed. @throws with a sentence */
  listTyped(typed: string, signal?: AbortSignal): Promise<Listing>;
}

export function createRootsStore({
  api,
  inTurn,
  undo,
  library,
  showSource,
  notify,
  notifyProblem,
}: { api: Api } & Pick<HistoryStore, 'inTurn' | 'undo'> &
  Pick<LibraryStore, 'library' | 'showSource'> &
  Pick<NoticesStore, 'notify' | 'notifyProblem'>): RootsStore {
  async function addRoot(token: string): Promise<void> {
    await api.roots.add({ token });
  }
  return {
    addRoot,
    async addRootAndSay(token) {
      try {
        await addRoot(token);
        notify('The folder is being read. Photos appear as they are found.');
      } catch (error) {
        notifyProblem(error);
      }
    },
    async addDemo() {
      try {
        await api.roots.addDemo({});
      } catch (error) {
        notifyProblem(error);
      }
    },
    async removeRoot(id, name) {
      try {
        await inTurn(() => api.roots.remove({ id }));
        if (library.getState().query.source.kind === 'folder') showSource({ kind: 'all' });
        notify(`${name} is no longer in the library. Its files are untouched.`, {
          label: 'Undo',
          run: () => void undo(),
        });
      } catch (error) {
        notifyProblem(error);
      }
    },
    async rescan(id, words) {
      try {
        await api.roots.rescan({ id });
        notify(words);
      } catch (error) {
        notifyProblem(error);
      }
    },
    async lookAgain(ids, words) {
      try {
        await api.photos.lookAgain({ ids });
        notify(words);
      } catch (error) {
        notifyProblem(error);
      }
    },
    listFolder: (token, files, signal) => api.disk.list({ token, files }, { signal }),
    listTyped: (typed, signal) => api.disk.list({ token: null, typed }, { signal }),
  };
}
