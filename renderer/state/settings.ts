/** The person's settings: kept by the core, shown here at once. */
import { useStore } from 'zustand';
import { createStore } from 'zustand/vanilla';
import { type ActionName, chordParts, chordsOf } from '../../shared/keys.ts';
import { type Settings, settingsSchema } from '../../shared/settings.ts';
import { api, desktop } from './client.ts';
import { notifyProblem } from './notices.ts';
import { recall, remember } from './remember.ts';

/** Shown until the core answers: the last ones seen, so that neither theme nor sizes flash. */
const lastSeen = settingsSchema.safeParse(recall('settings', {}));

export const settings = createStore<Settings>(() => (lastSeen.success ? lastSeen.data : settingsSchema.parse({})));

export const useSettings = <T>(pick: (settings: Settings) => T): T => useStore(settings, pick);

const prefersLight = window.matchMedia('(prefers-color-scheme: light)');

function applyTheme(): void {
  const { theme } = settings.getState();
  const light = theme === 'light' || (theme === 'system' && prefersLight.matches);
  document.documentElement.dataset.theme = light ? 'light' : 'dark';
}
prefersLight.addEventListener('change', applyTheme);
settings.subscribe(applyTheme);
applyTheme();

/** Settings as the core has them now. */
export function receiveSettings(now: Settings): void {
  // What the person changes just now is newer than what comes back.
  if (saved === null) show(now);
}

function show(now: Settings): void {
  settings.setState(now, true);
  remember('settings', now);
}

/** Milliseconds in which changes are gathered: a slider that is drawn saves where it stops. */
const GATHER = 150;
let gathering: ReturnType<typeof setTimeout> | null = null;
/** What the core has, while something newer is shown. */
let saved: Settings | null = null;

/** Changes settings: at once on the page, then in the core; taken back when the core refuses. */
export function changeSettings(change: (settings: Settings) => Settings): void {
  saved ??= settings.getState();
  show(change(settings.getState()));
  if (gathering === null) gathering = setTimeout(save, GATHER);
}

async function save(): Promise<void> {
  gathering = null;
  const now = settings.getState();
  try {
    await api.settings.set(now);
    // Something newer waits to be saved: then this is what would be gone back to.
    saved = gathering === null ? null : now;
  } catch (error) {
    if (settings.getState() === now && saved !== null) show(saved);
    saved = null;
    notifyProblem(error);
  }
}

const onMac = desktop === null ? /Mac|iPhone|iPad/.test(navigator.platform) : desktop.platform === 'darwin';

/** Parts of a chord as this computer's people read them. */
export function partsOfChord(chord: string): string[] {
  return chordParts(chord, onMac);
}

/** The first chord of an action as text for a tooltip or menu (`Ctrl Shift Z`); empty when it has none. */
export function useChord(action: ActionName | undefined): string {
  return useSettings((state) => {
    const chord = action === undefined ? undefined : chordsOf(action, state.keys)[0];
    return chord === undefined ? '' : partsOfChord(chord).join(onMac ? '' : ' ');
  });
}
