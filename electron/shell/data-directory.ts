/** Where catalog and previews live unless someone says otherwise: the system's folder for application data. */
import { homedir } from 'node:os';
import { join } from 'node:path';

export function defaultDataDirectory(environment: NodeJS.ProcessEnv = process.env): string {
  const home = homedir();
  switch (process.platform) {
    case 'win32':
      return join(environment.APPDATA ?? join(home, 'AppData', 'Roaming'), 'Keeplight');
    case 'darwin':
      return join(home, 'Library', 'Application Support', 'Keeplight');
    default:
      return join(environment.XDG_DATA_HOME || join(home, '.local', 'share'), 'keeplight');
  }
}
