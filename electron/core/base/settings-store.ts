/** The settings in force; kept by whoever hands in `read` and `write` (catalog/settings.ts). */
import type { Settings } from '../../../shared/settings.ts';

export class SettingsStore {
  readonly #write: (settings: Settings) => void;
  readonly #listeners: ((settings: Settings) => void)[] = [];
  #current: Settings;

  constructor(kept: { read: () => Settings; write: (settings: Settings) => void }) {
    this.#write = kept.write;
    this.#current = kept.read();
  }

  get current(): Settings {
    return this.#current;
  }

  set(settings: Settings): Settings {
    this.#write(settings);
    this.#current = settings;
    for (const listener of this.#listeners) listener(settings);
    return settings;
  }

  onChange(listener: (settings: Settings) => void): void {
    this.#listeners.push(listener);
  }
}
