/** All calls of the contract with their handlers: one that is missing does not compile. */
import type { CoreRouter } from '../core.ts';
import { appHandlers, jobHandlers, settingsHandlers } from './app.ts';
import { criticHandlers, modelHandlers } from './critic.ts';
import { diskHandlers } from './disk.ts';
import { createBase } from './handler.ts';
import { albumHandlers, folderHandlers, markHandlers, photoHandlers, rootHandlers } from './photos.ts';
import type { Services } from './services.ts';

export function createRouter(room: Services): CoreRouter {
  const os = createBase(room);
  return os.router({
    app: appHandlers(os, room),
    settings: settingsHandlers(os, room),
    disk: diskHandlers(os, room),
    roots: rootHandlers(os, room),
    folders: folderHandlers(os, room),
    photos: photoHandlers(os, room),
    marks: markHandlers(os, room),
    albums: albumHandlers(os, room),
    jobs: jobHandlers(os, room),
    critic: criticHandlers(os, room),
    models: modelHandlers(os, room),
  });
}
