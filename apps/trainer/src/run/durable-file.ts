import { closeSync, fstatSync, fsyncSync, openSync, readSync, renameSync, rmSync, writeSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';

/** Largest single read or write; Node's own limit is 2 GiB − 1. */
const chunkBytes = 2 ** 30;

/** Writes a file from parts and returns when it is on the disk. */
export type WriteFile = (path: string, parts: readonly Uint8Array[]) => void;

/**
 * Writes a new file from parts and waits until the disk has it.
 *
 * @throws the system's error, as when the file exists or the disk is full.
 */
export const writeFileSynced: WriteFile = (path, parts) => {
  const file = openSync(path, 'wx');
  try {
    for (const part of parts) writeAll(file, part);
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
};

/**
 * Writes all bytes to an open file: the system may take a part at a time, as when the disk is nearly full.
 *
 * @throws the system's error, with a part possibly written.
 */
export function writeAll(file: number, bytes: Uint8Array): void {
  for (let offset = 0; offset < bytes.length;) {
    offset += writeSync(file, bytes, offset, Math.min(chunkBytes, bytes.length - offset));
  }
}

/** Waits until the disk has a folder's list of names, so that a rename in it survives a power cut. */
export function syncFolder(path: string): void {
  // Windows cannot open folders, and journals renames by itself.
  if (process.platform === 'win32') return;
  const folder = openSync(path, 'r');
  try {
    fsyncSync(folder);
  } finally {
    closeSync(folder);
  }
}

/**
 * Puts a file in place whole: after a kill or a power cut there is the old one or the new one, never a part.
 *
 * @param path - The file; replaced if it exists.
 * @param content - Its new content.
 */
export function replaceFile(path: string, content: string | Uint8Array): void {
  const temporary = join(dirname(path), `.tmp-${basename(path)}`);
  rmSync(temporary, { force: true });
  try {
    writeFileSynced(temporary, [typeof content === 'string' ? new TextEncoder().encode(content) : content]);
    renameSync(temporary, path);
  } catch (error) {
    removeQuietly(temporary);
    throw error;
  }
  syncFolder(dirname(path));
}

/** Removes a file or folder while another error is on its way, which is the one that matters. */
export function removeQuietly(path: string): void {
  try {
    rmSync(path, { recursive: true, force: true });
  } catch {
    // Where nothing can be written, nothing was.
  }
}

/** Returns a whole file of any size; `readFileSync` stops at 2 GiB. */
export function readWholeFile(path: string): Uint8Array {
  const file = openSync(path, 'r');
  try {
    const bytes = new Uint8Array(fstatSync(file).size);
    let offset = 0;
    while (offset < bytes.length) {
      const read = readSync(file, bytes, offset, Math.min(chunkBytes, bytes.length - offset), offset);
      if (read === 0) break;
      offset += read;
    }
    return bytes.subarray(0, offset);
  } finally {
    closeSync(file);
  }
}
