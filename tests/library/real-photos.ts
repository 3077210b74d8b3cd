/** The photos of the developers' test set, when they are beside the repository. */
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

export const PHOTOS = fileURLToPath(new URL('../../../shared/photos', import.meta.url));

export const HAS_PHOTOS = existsSync(PHOTOS);
if (!HAS_PHOTOS) console.warn('Tests with real photos are skipped: ../shared/photos is not there.');

/** Small inputs on which Keeplight was once wrong, each folder with what is right. */
export const CASES = fileURLToPath(new URL('../../../shared/cases', import.meta.url));

export const HAS_CASES = existsSync(CASES);
if (!HAS_CASES) console.warn('Tests with failing inputs are skipped: ../shared/cases is not there.');
