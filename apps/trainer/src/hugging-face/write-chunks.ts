import { createHash } from 'node:crypto';
import { closeSync, fsyncSync, openSync } from 'node:fs';
import { writeAll } from '../run/durable-file.ts';

/** Size and checksum of a file that was written. */
export interface WrittenFile {
  readonly bytes: number;
  /** SHA-256 in hex. */
  readonly sha256: string;
}

/**
 * Writes a new file piece by piece, each as it is made, and waits until the disk has it.
 *
 * @throws the system's error, as when the file exists or the disk is full, or what making a piece throws
 */
export function writeChunks(path: string, chunks: Iterable<Uint8Array>): WrittenFile {
  const file = openSync(path, 'wx');
  const hash = createHash('sha256');
  let bytes = 0;
  try {
    for (const chunk of chunks) {
      writeAll(file, chunk);
      hash.update(chunk);
      bytes += chunk.length;
    }
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
  return { bytes, sha256: hash.digest('hex') };
}
