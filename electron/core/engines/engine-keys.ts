/**
 * Keys of engines on other computers: one file of mode 600 in the data folder. In the desktop window each is sealed by the
 * system's keychain, so that the file shows nothing. Never in the catalog, its backups, logs or documents.
 */
import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { z } from 'zod';
import { CoreError } from '../base/core-error.ts';
import { engineKeysPath } from '../base/data-places.ts';

/** The system's keychain, where a shell has one. */
export interface Keychain {
  /** @returns text that only this keychain opens; null where it cannot. */
  seal(text: string): Promise<string | null>;
  open(sealed: string): Promise<string>;
}

const fileSchema = z.record(z.string(), z.object({ kept: z.enum(['file', 'keychain']), text: z.string() }));
type Kept = z.infer<typeof fileSchema>;

export class EngineKeys {
  readonly #path: string;
  readonly #keychain: Keychain | null;

  constructor(dataDirectory: string, keychain: Keychain | null) {
    this.#path = engineKeysPath(dataDirectory);
    this.#keychain = keychain;
  }

  howKept(address: string): 'none' | 'file' | 'keychain' {
    return this.#read()[address]?.kept ?? 'none';
  }

  /** @throws CoreError UNAVAILABLE when only the window's keychain can open it. */
  async keyOf(address: string): Promise<string | null> {
    const kept = this.#read()[address];
    if (!kept) return null;
    if (kept.kept === 'file') return kept.text;
    if (!this.#keychain) {
      const text = `The key of ${address} is in the keychain that only Keeplight's window can open: add the engine again with its key.`;
      throw new CoreError('UNAVAILABLE', text);
    }
    return this.#keychain.open(kept.text);
  }

  /** Keeps a key, or forgets it. */
  async keep(address: string, key: string | null): Promise<void> {
    const sealed = key === null ? null : ((await this.#keychain?.seal(key)) ?? null);
    const { [address]: _, ...others } = this.#read();
    if (key === null && !_) return;
    const own: Kept =
      key === null
        ? {}
        : { [address]: sealed === null ? { kept: 'file', text: key } : { kept: 'keychain', text: sealed } };
    mkdirSync(dirname(this.#path), { recursive: true, mode: 0o700 });
    const partial = `${this.#path}.${process.pid}`;
    writeFileSync(partial, JSON.stringify({ ...others, ...own }), { mode: 0o600 });
    renameSync(partial, this.#path);
  }

  #read(): Kept {
    try {
      return fileSchema.parse(JSON.parse(readFileSync(this.#path, 'utf8')));
    } catch {
      return {};
    }
  }
}
