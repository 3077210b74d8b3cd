/** The program itself, its settings and its jobs. */
import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { version } from '../base/version.ts';
import { eventsFor } from './event-stream.ts';
import { type Base, speaking } from './handler.ts';
import type { Services } from './services.ts';

/** How long a page waits for the size of the data folder; what was counted by then is told. */
const COUNTING_MILLISECONDS = 400;
const COUNT_KEPT_MILLISECONDS = 10_000;

export function appHandlers(os: Base, services: Services) {
  const sizeOfData = createSizeCounter(services.dataDirectory);
  return {
    state: os.app.state.handler(() => ({
      version,
      platform: process.platform,
      shell: services.shell,
      dataDirectory: services.dataDirectory,
      photos: services.columns.count,
      settings: services.settings.current,
    })),
    dataSize: os.app.dataSize.handler(async () => ({ bytes: await sizeOfData() })),
    events: os.app.events.handler(({ signal }) => speaking(eventsFor(services.changes, signal), services)),
    doctor: os.app.doctor.handler(({ signal }) => services.doctor(signal)),
  };
}

function createSizeCounter(directory: string): () => Promise<number> {
  let counted = 0;
  let at = Number.NEGATIVE_INFINITY;
  let counting: Promise<void> | null = null;
  const count = async () => {
    let bytes = 0;
    for await (const size of sizesBelow(directory)) {
      bytes += size;
      counted = Math.max(counted, bytes);
    }
    counted = bytes;
    at = performance.now();
    counting = null;
  };
  return async () => {
    if (performance.now() - at > COUNT_KEPT_MILLISECONDS) counting ??= count();
    if (counting)
      await Promise.race([counting, new Promise((resolve) => setTimeout(resolve, COUNTING_MILLISECONDS).unref())]);
    return counted;
  };
}

async function* sizesBelow(directory: string): AsyncGenerator<number> {
  let entries: Awaited<ReturnType<typeof readEntries>>;
  try {
    entries = await readEntries(directory);
  } catch {
    return;
  }
  for (const entry of entries) {
    const path = join(directory, entry.name);
    if (entry.isDirectory()) yield* sizesBelow(path);
    else if (entry.isFile()) {
      try {
        yield (await stat(path)).size;
      } catch {
        // Gone meanwhile.
      }
    }
  }
}

const readEntries = (directory: string) => readdir(directory, { withFileTypes: true });

export function settingsHandlers(os: Base, { settings }: Services) {
  return { set: os.settings.set.handler(({ input }) => settings.set(input)) };
}

export function jobHandlers(os: Base, { jobs }: Services) {
  return {
    list: os.jobs.list.handler(() => jobs.list()),
    pause: os.jobs.pause.handler(async ({ input }) => {
      await jobs.pause(input.id);
      return {};
    }),
    resume: os.jobs.resume.handler(({ input }) => {
      jobs.resume(input.id);
      return {};
    }),
    cancel: os.jobs.cancel.handler(async ({ input }) => {
      await jobs.cancel(input.id);
      return {};
    }),
    dismiss: os.jobs.dismiss.handler(({ input }) => {
      jobs.dismiss(input.id);
      return {};
    }),
  };
}
