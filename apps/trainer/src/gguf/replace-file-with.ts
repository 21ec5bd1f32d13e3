import { renameSync, rmSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { writeChunks } from '../hugging-face/write-chunks.ts';
import { removeQuietly, syncFolder } from '../run/durable-file.ts';

/**
 * Puts a file in place whole, part by part as they come: after a kill, a power cut or an error in making a part there is
 * the old file or the new one, never a part of it.
 *
 * @param path - replaced if it exists
 * @throws the system's error, or that of a part; then nothing is left behind
 */
export function replaceFileWith(path: string, parts: Iterable<Uint8Array>): void {
  const temporary = join(dirname(path), `.tmp-${basename(path)}`);
  rmSync(temporary, { force: true });
  try {
    writeChunks(temporary, parts);
    renameSync(temporary, path);
  } catch (error) {
    removeQuietly(temporary);
    throw error;
  }
  syncFolder(dirname(path));
}
