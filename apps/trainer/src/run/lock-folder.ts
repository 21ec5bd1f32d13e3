import { closeSync, openSync, readFileSync, rmSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { makeFolder } from './make-folder.ts';

/**
 * Takes a folder for this process, so that no two write the same run. A lock whose process has ended is taken over.
 *
 * @param folder - Made when it is not there.
 * @param wayOut - What to do when another process has it, for the message.
 * @returns what gives the folder back
 * @throws Error naming the process that has it.
 */
export function lockFolder(folder: string, wayOut: string): () => void {
  makeFolder(folder);
  const path = join(folder, 'lock');
  for (;;) {
    try {
      const file = openSync(path, 'wx');
      writeSync(file, `${process.pid}\n`);
      closeSync(file);
      return () => rmSync(path, { force: true });
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    }
    const owner = Number(readFileSync(path, 'utf8'));
    if (owner !== process.pid && isRunning(owner)) {
      throw new Error(
        `lockFolder: ${folder} must be free, but process ${owner} trains there (${path}); ${wayOut}`,
      );
    }
    rmSync(path, { force: true });
  }
}

/** Returns the process that has a folder; undefined when none has, or that process has ended. */
export function lockOwner(folder: string): number | undefined {
  let owner: number;
  try {
    owner = Number(readFileSync(join(folder, 'lock'), 'utf8'));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
  return isRunning(owner) ? owner : undefined;
}

function isRunning(pid: number): boolean {
  if (!Number.isInteger(pid) || pid < 1) return false;
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
