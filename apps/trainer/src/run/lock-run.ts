import { lockFolder } from './lock-folder.ts';

/**
 * Takes the folder of a run for this process.
 *
 * @returns what gives it back
 * @throws Error naming the process that trains in it
 */
export function lockRun(dir: string): () => void {
  return lockFolder(
    dir,
    'wait for it or stop it; if it is no nibble train of this run, delete the file lock in that folder',
  );
}
