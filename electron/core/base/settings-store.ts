/** The settings in force. */
import type { Settings } from '../../../shared/settings.ts';
import type { Catalog } from '../catalog/open.ts';
import { readSettings, writeSettings } from '../catalog/settings.ts';
import type { Changes } from './events.ts';

export class SettingsStore {
  readonly #catalog: Catalog;
  readonly #changes: Changes;
  readonly #listeners: ((settings: Settings) => void)[] = [];
  #current: Settings;

  constructor(catalog: Catalog, changes: Changes) {
    this.#catalog = catalog;
    this.#changes = changes;
    this.#current = readSettings(catalog);
  }

  get current(): Settings {
    return this.#current;
  }

  set(settings: Settings): Settings {
    writeSettings(this.#catalog, settings);
    this.#current = settings;
    for (const listener of this.#listeners) listener(settings);
    this.#changes.tell({ kind: 'settings', settings });
    return settings;
  }

  onChange(listener: (settings: Settings) => void): void {
    this.#listeners.push(listener);
  }
}
