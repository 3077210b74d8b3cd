/** The person's settings: kept by the core, shown here at once. */
import { createStore, type StoreApi } from 'zustand/vanilla';
import { type ActionName, chordParts, chordsOf } from '../../shared/actions.ts';
import { type Settings, settingsSchema } from '../../shared/settings.ts';
import type { Api } from './connection.ts';
import type { Memory } from './memory.ts';
import type { NoticesStore } from './notices.ts';

export interface SettingsStore {
  settings: StoreApi<Settings>;
  /** Settings as the core has them now. */
  receiveSettings(now: Settings): void;
  /** Changes settings: at once on the page, then in the core; taken back when the core refuses. */
  changeSettings(change: (settings: Settings) => Settings): void;
  /** Parts of a chord as this computer's people read them. */
  partsOfChord(chord: string): string[];
  /** The first chord of an action as text for a tooltip or menu (`Ctrl Shift Z`); empty when it has none. */
  chordText(action: ActionName, keys: Settings['keys']): string;
}

/** Milliseconds in which further changes are gathered: a slider that is drawn saves where it stops. */
const GATHER = 150;

export function createSettingsStore({
  api,
  memory,
  notifyProblem,
  onMac,
}: {
  api: Api;
  memory: Memory;
  onMac: boolean;
} & Pick<NoticesStore, 'notifyProblem'>): SettingsStore {
  // Shown until the core answers: the last ones seen, so that neither theme nor sizes flash.
  const lastSeen = settingsSchema.safeParse(memory.recall('settings', {}));
  const settings = createStore<Settings>(() => (lastSeen.success ? lastSeen.data : settingsSchema.parse({})));
  let gathering: ReturnType<typeof setTimeout> | null = null;
  /** Something changed since the last was sent. */
  let gathersMore = false;
  /** What the core has, while something newer is shown. */
  let saved: Settings | null = null;

  function show(now: Settings): void {
    settings.setState(now, true);
    memory.remember('settings', now);
  }

  function gathered(): void {
    gathering = null;
    if (!gathersMore) return;
    gathersMore = false;
    void save();
  }

  async function save(): Promise<void> {
    const now = settings.getState();
    try {
      await api.settings.set(now);
      // Something newer waits to be saved: then this is what would be gone back to.
      saved = settings.getState() === now ? null : now;
    } catch (error) {
      if (settings.getState() === now && saved !== null) show(saved);
      saved = null;
      notifyProblem(error);
    }
  }

  return {
    settings,
    receiveSettings(now) {
      // What the person changes just now is newer than what comes back.
      if (saved === null) show(now);
    },
    changeSettings(change) {
      saved ??= settings.getState();
      show(change(settings.getState()));
      if (gathering !== null) {
        gathersMore = true;
        return;
      }
      // The first of a row of changes goes at once: a window that closes on it has said it already.
      gathering = setTimeout(gathered, GATHER);
      void save();
    },
    partsOfChord: (chord) => chordParts(chord, onMac),
    chordText(action, keys) {
      const chord = chordsOf(action, keys)[0];
      return chord === undefined ? '' : chordParts(chord, onMac).join(onMac ? '' : ' ');
    },
  };
}

/** Puts the theme on the page and follows the settings and the system. */
export function followTheme(
  settings: StoreApi<Settings>,
  page: HTMLElement,
  prefersLight: Pick<MediaQueryList, 'matches' | 'addEventListener'>,
): void {
  const apply = (): void => {
    const { theme } = settings.getState();
    const light = theme === 'light' || (theme === 'system' && prefersLight.matches);
    page.dataset.theme = light ? 'light' : 'dark';
  };
  prefersLight.addEventListener('change', apply);
  settings.subscribe(apply);
  apply();
}
