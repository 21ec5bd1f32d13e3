import { randomUUID } from 'node:crypto';
import { constants, copyFileSync, linkSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { writeFileSynced } from './durable-file.ts';
import { makeFolder } from './make-folder.ts';

/** Longer than a process takes to write its id into a lock that it has just made. */
const WRITING_MS = 500;

/**
 * Takes a folder for this process, so that no two write the same run. A lock whose process has ended is taken over, by
 * one process however many try at once.
 *
 * @param folder - Made when it is not there.
 * @param wayOut - What to do when another process has it, for the message.
 * @returns what gives the folder back
 * @throws Error naming the process that has it.
 */
export function lockFolder(folder: string, wayOut: string): () => void {
  makeFolder(folder);
  const path = join(folder, 'lock');
  const owner = takeLock(path);
  if (owner !== undefined) {
    throw new Error(
      `lockFolder: ${folder} must be free, but process ${owner} trains there (${path}); ${wayOut}`,
    );
  }
  return () => rmSync(path, { force: true });
}

/** Returns the process that has a folder; undefined when none has, or that process has ended. */
export function lockOwner(folder: string): number | undefined {
  const owner = writtenOwner(join(folder, 'lock'));
  return owner !== undefined && isRunning(owner) ? owner : undefined;
}

/** Puts a lock of this process in place, unless another process that runs has one there: returns that process then. */
function takeLock(path: string): number | undefined {
  const own = join(dirname(path), `.tmp-lock-${randomUUID()}`);
  try {
    writeFileSynced(own, [new TextEncoder().encode(`${process.pid}\n`)]);
    for (;;) {
      if (putWhereNone(own, path)) return undefined;
      const owner = writtenOwner(path);
      if (owner === undefined) continue;
      if (isAnother(owner)) return owner;
      // Only who has the right to replace it does so: a lock seen to be left behind may be replaced by now.
      const right = join(dirname(path), `.tmp-replace-${basename(path)}`);
      const rival = takeLock(right);
      if (rival !== undefined) return rival;
      try {
        if (!isLeftBehind(path)) continue;
        renameSync(own, path);
        return undefined;
      } finally {
        rmSync(right, { force: true });
      }
    }
  } finally {
    rmSync(own, { force: true });
  }
}

/** Gives a lock that is written already its name; returns whether there was none of that name. */
function putWhereNone(own: string, path: string): boolean {
  try {
    linkSync(own, path);
    return true;
  } catch (error) {
    if (isExisting(error)) return false;
  }
  // A file system without hard links, where the lock is empty for a moment; what else is wrong, this says too.
  try {
    copyFileSync(own, path, constants.COPYFILE_EXCL);
    return true;
  } catch (error) {
    if (isExisting(error)) return false;
    throw error;
  }
}

function isLeftBehind(path: string): boolean {
  // Empty: it is being written, or its process was killed before that.
  if (writtenOwner(path) === 0) Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, WRITING_MS);
  const owner = writtenOwner(path);
  return owner !== undefined && !isAnother(owner);
}

/** Returns the process in a lock, 0 where it is empty; undefined when there is no lock. */
function writtenOwner(path: string): number | undefined {
  try {
    return Number(readFileSync(path, 'utf8'));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}

/** A lock with the id of this process is of an earlier one, as of a container that was started again. */
function isAnother(owner: number): boolean {
  return owner !== process.pid && isRunning(owner);
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

function isExisting(error: unknown): boolean {
  return (error as NodeJS.ErrnoException).code === 'EEXIST';
}
