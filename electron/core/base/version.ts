/** This program's version, from its package.json, wherever the program lies. */
import { existsSync, readFileSync } from 'node:fs';

function readVersion(): string {
  for (let up = new URL('../', import.meta.url); ; up = new URL('../../', up)) {
    const file = new URL('package.json', up);
    if (existsSync(file)) {
      const { name, version } = JSON.parse(readFileSync(file, 'utf8')) as { name?: string; version?: string };
      if (name === 'keeplight' && version) return version;
    }
    if (up.href === new URL('../../', up).href) return '0.0.0';
  }
}

export const version: string = readVersion();
