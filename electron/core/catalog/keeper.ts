/**
 * Looks after an open catalog: the full check beside the work, and a backup whenever the newest one is a day old, also
 * when a single verb closes it. A catalog that fails the check is written to no more.
 */
import { messageOf } from '../../../shared/error-message.ts';
import type { LogLine } from '../base/records.ts';
import { backUpGently, newestBackupAge } from './backup.ts';
import { countHoldings } from './holdings.ts';
import type { Catalog } from './open.ts';
import { noteDamage } from './refusal.ts';
import { isSoundApart } from './soundness.ts';

/** At most so many marks are at risk as a person makes in a day. */
const BACKUP_MILLISECONDS = 24 * 60 * 60 * 1000;
const FIRST_LOOK_MILLISECONDS = 10_000;
const LOOK_MILLISECONDS = 60 * 60 * 1000;

export type KeeperOptions = {
  catalog: Catalog;
  dataDirectory: string;
  log: (line: LogLine) => void;
  /** Look by itself, not only when the catalog is closed. */
  background: boolean;
};

export class Keeper {
  readonly #options: KeeperOptions;
  readonly #stop = new AbortController();
  #timer: NodeJS.Timeout | null = null;
  #work: Promise<void> = Promise.resolve();
  /** True once damage was found. */
  damaged = false;

  constructor(options: KeeperOptions) {
    this.#options = options;
    if (options.background) this.#lookIn(FIRST_LOOK_MILLISECONDS, true);
  }

  #lookIn(milliseconds: number, check: boolean): void {
    this.#timer = setTimeout(() => {
      this.#work = (check ? this.check() : Promise.resolve())
        .then(() => this.backUp())
        .then(() => {
          if (!this.#stop.signal.aborted) this.#lookIn(LOOK_MILLISECONDS, false);
        });
    }, milliseconds);
    this.#timer.unref();
  }

  /** The full check, in another thread. */
  async check(): Promise<void> {
    const { catalog, dataDirectory, log } = this.#options;
    if ((await isSoundApart(catalog.name, this.#stop.signal)) !== false) return;
    this.damaged = true;
    noteDamage(dataDirectory);
    catalog.pragma('query_only = ON');
    log({
      level: 'error',
      text: `The catalog in ${dataDirectory} is damaged, so nothing more is written into it. Start Keeplight again to choose what to do.`,
    });
  }

  /** Makes a backup when one is due and there is something to lose. */
  async backUp(signal: AbortSignal = this.#stop.signal): Promise<void> {
    const { catalog, dataDirectory, log } = this.#options;
    try {
      if (this.damaged || signal.aborted || newestBackupAge(dataDirectory) <= BACKUP_MILLISECONDS) return;
      const { photos, steps, albums } = countHoldings(catalog);
      if (photos + steps + albums === 0) return;
      await backUpGently(catalog, dataDirectory, 'daily', signal);
    } catch (error) {
      if (signal.aborted) return;
      const reason = messageOf(error);
      log({ level: 'warning', text: `No backup of the catalog was made: ${reason}` });
      await this.check();
    }
  }

  /** Ends what is under way; a backup that is due is made first. */
  async close(): Promise<void> {
    if (this.#timer) clearTimeout(this.#timer);
    this.#stop.abort();
    await this.#work;
    await this.backUp(new AbortController().signal);
  }
}
