/**
 * A second window of the same library that shows the picture alone: on another screen, of the photo that the first one
 * is on. The two speak over a channel of their origin; the picture comes from the core as any other.
 */
import { createStore, type StoreApi } from 'zustand/vanilla';

/** What stands behind the page's address in the second window. */
export const PICTURE_FRAGMENT = '#picture';
const CHANNEL = 'keeplight.picture';

/** From the first window: the photo it is on. From the second: it has opened and wants to be told. */
type Said = { kind: 'photo'; id: number | null } | { kind: 'opened' };

interface Told {
  getState(): number | null;
  subscribe(listener: () => void): () => void;
}

/** Tells the second window which photo this one is on, whenever that changes. Called once, in the first window. */
export function tellPicture(told: Told): void {
  const channel = new BroadcastChannel(CHANNEL);
  const tell = () => channel.postMessage({ kind: 'photo', id: told.getState() } satisfies Said);
  channel.onmessage = ({ data }: MessageEvent<Said>) => {
    if (data.kind === 'opened') tell();
  };
  let last: number | null = null;
  told.subscribe(() => {
    if (told.getState() === last) return;
    last = told.getState();
    tell();
  });
  tell();
}

/** The photo that the first window is on. Called once, in the second window. */
export function hearPicture(): StoreApi<{ id: number | null }> {
  const store = createStore<{ id: number | null }>(() => ({ id: null }));
  const channel = new BroadcastChannel(CHANNEL);
  channel.onmessage = ({ data }: MessageEvent<Said>) => {
    if (data.kind === 'photo') store.setState({ id: data.id });
  };
  channel.postMessage({ kind: 'opened' } satisfies Said);
  return store;
}
