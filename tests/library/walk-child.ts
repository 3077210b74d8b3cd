/** Walks the folder of its first argument and prints what it found: run under another user by walk.test.ts. */
import { walkRoot } from '../../electron/core/files/walk.ts';

const found = [];
for await (const item of walkRoot(process.argv[2] ?? '')) found.push(item);
console.log(JSON.stringify(found));
