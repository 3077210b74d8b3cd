/** All calls of the contract with their handlers: one that is missing does not compile. */
import type { Router } from '@orpc/server';
import type { contract } from '../../../shared/contract.ts';
import { appHandlers, jobHandlers, settingsHandlers } from './app.ts';
import { criticHandlers, engineHandlers, modelHandlers } from './critic.ts';
import { cullingHandlers, tasteHandlers } from './culling.ts';
import { diskHandlers } from './disk.ts';
import { type CallContext, createBase } from './handler.ts';
import { fileHandlers, importHandlers } from './imports.ts';
import { datasetHandlers, feedbackHandlers } from './learning.ts';
import { momentHandlers } from './moments.ts';
import { exportHandlers, reportHandlers, trashHandlers } from './outward.ts';
import {
  albumHandlers,
  faceHandlers,
  folderHandlers,
  historyHandlers,
  markHandlers,
  photoHandlers,
  rootHandlers,
  rotationHandlers,
} from './photos.ts';
import type { Services } from './services.ts';
import { embedHandlers, sidecarHandlers, wordHandlers } from './words.ts';

export type CoreRouter = Router<typeof contract, CallContext>;

export function createRouter(services: Services): CoreRouter {
  const os = createBase(services);
  return os.router({
    app: appHandlers(os, services),
    settings: settingsHandlers(os, services),
    disk: diskHandlers(os, services),
    roots: rootHandlers(os, services),
    folders: folderHandlers(os, services),
    photos: photoHandlers(os, services),
    faces: faceHandlers(os, services),
    marks: markHandlers(os, services),
    moments: momentHandlers(os, services),
    words: wordHandlers(os, services),
    sidecars: sidecarHandlers(os, services),
    embed: embedHandlers(os, services),
    rotation: rotationHandlers(os, services),
    history: historyHandlers(os, services),
    culling: cullingHandlers(os, services),
    taste: tasteHandlers(os, services),
    albums: albumHandlers(os, services),
    exports: exportHandlers(os, services),
    files: fileHandlers(os, services),
    imports: importHandlers(os, services),
    trash: trashHandlers(os, services),
    report: reportHandlers(os, services),
    feedback: feedbackHandlers(os, services),
    dataset: datasetHandlers(os, services),
    jobs: jobHandlers(os, services),
    critic: criticHandlers(os, services),
    models: modelHandlers(os, services),
    engines: engineHandlers(os, services),
  });
}
