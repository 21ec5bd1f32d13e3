import { homedir } from 'node:os';
import { join, resolve } from 'node:path';

/**
 * Returns the folder for what can be made or downloaded again: `NIBBLE_CACHE`, else `nibble` in the user's cache
 * folder (`XDG_CACHE_HOME`, `LOCALAPPDATA` on Windows, else `~/.cache`).
 */
export function cacheFolder(environment: NodeJS.ProcessEnv = process.env): string {
  const own = environment['NIBBLE_CACHE'];
  if (own) return resolve(own);
  const users = environment['XDG_CACHE_HOME'] || environment['LOCALAPPDATA'] || join(homedir(), '.cache');
  return resolve(users, 'nibble');
}
