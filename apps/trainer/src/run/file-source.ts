import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import type { ByteSource } from '@nibble-ml/llama';

/** Largest single read; Node's own limit is 2 GiB − 1. */
const chunkBytes = 2 ** 30;

/** A file that is read where it is needed, and never as a whole. */
export interface FileSource extends ByteSource {
  /** Closes the file; nothing can be read after it. */
  close(): void;
}

/**
 * Opens a file for reading stretches of it.
 *
 * @param name - What errors call it; default its path.
 * @throws the system's error, as when it does not exist; Error when it is shorter than it was at the opening.
 */
export function openFileSource(path: string, name: string = path): FileSource {
  const file = openSync(path, 'r');
  try {
    return {
      name,
      size: fstatSync(file).size,
      read: (offset, length) => readExactly(file, name, offset, length),
      close: () => closeSync(file),
    };
  } catch (error) {
    closeSync(file);
    throw error;
  }
}

function readExactly(file: number, name: string, offset: number, length: number): Uint8Array {
  const bytes = new Uint8Array(length);
  for (let done = 0; done < length;) {
    const read = readSync(file, bytes, done, Math.min(chunkBytes, length - done), offset + done);
    if (read === 0) {
      throw new Error(
        `openFileSource: ${name} must not change while it is read, but it ends before byte ${offset + length}`,
      );
    }
    done += read;
  }
  return bytes;
}
