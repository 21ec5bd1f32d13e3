import { readWhileWritten } from './read-while-written.ts';
import type { SyncAccessHandle } from './sync-access.ts';

/** What a file is written from. */
export type Content = string | Uint8Array;

/** Returns a file of a folder; undefined when there is none. */
export async function findFile(folder: FileSystemDirectoryHandle, name: string): Promise<File | undefined> {
  try {
    return await (await folder.getFileHandle(name)).getFile();
  } catch (error) {
    if (isNotFound(error)) return undefined;
    throw error;
  }
}

/** Returns the bytes of a file; undefined when there is none. */
export async function readBytes(
  folder: FileSystemDirectoryHandle,
  name: string,
): Promise<Uint8Array<ArrayBuffer> | undefined> {
  const file = await findFile(folder, name);
  return file === undefined ? undefined : new Uint8Array(await file.arrayBuffer());
}

/** Returns the text of a file in UTF-8; undefined when there is none. A file that grows meanwhile is read again. */
export function readText(folder: FileSystemDirectoryHandle, name: string): Promise<string | undefined> {
  return readWhileWritten(async () => (await findFile(folder, name))?.text());
}

/**
 * Puts a file in place whole: after a crash there is the old one or the new one, never a part.
 *
 * @throws DOMException `QuotaExceededError` when the browser gives no more disk
 */
export async function replaceFile(
  folder: FileSystemDirectoryHandle,
  name: string,
  content: Content,
): Promise<void> {
  const temporary = `.tmp-${name}`;
  const handle = await folder.getFileHandle(temporary, { create: true });
  try {
    const file = await handle.createSyncAccessHandle();
    try {
      file.truncate(0);
      writeAll(file, typeof content === 'string' ? new TextEncoder().encode(content) : content, 0);
      file.flush();
    } finally {
      file.close();
    }
    await handle.move(name);
  } catch (error) {
    await removeIfThere(folder, temporary);
    throw error;
  }
}

/**
 * Writes all bytes.
 *
 * @param at - Where the first one goes.
 * @throws DOMException `QuotaExceededError` when the browser gives no more disk
 */
function writeAll(file: SyncAccessHandle, bytes: Uint8Array, at: number): void {
  for (let done = 0; done < bytes.length;) {
    const written = file.write(done === 0 ? bytes : bytes.subarray(done), { at: at + done });
    // Some browsers say so, others just write less.
    if (written === 0) {
      throw new DOMException(`${bytes.length - done} bytes could not be written`, 'QuotaExceededError');
    }
    done += written;
  }
}

/** A file that grows at its end. */
export interface AppendFile {
  /**
   * Adds bytes.
   *
   * @throws DOMException `QuotaExceededError` when the browser gives no more disk
   */
  append(bytes: Uint8Array): void;
  /** Waits until the browser has handed everything to the disk. */
  flush(): void;
  /** Flushes and closes the file. */
  close(): void;
}

/** Opens a file for appending; made when it is not there. */
export async function openForAppending(folder: FileSystemDirectoryHandle, name: string): Promise<AppendFile> {
  const handle = await folder.getFileHandle(name, { create: true });
  const file = await handle.createSyncAccessHandle();
  let size = file.getSize();
  return {
    append: (bytes) => {
      writeAll(file, bytes, size);
      size += bytes.length;
    },
    flush: () => file.flush(),
    close: () => {
      try {
        file.flush();
      } finally {
        // A file that stays open cannot be opened again.
        file.close();
      }
    },
  };
}

/** Removes a file or a whole folder. */
export async function removeIfThere(folder: FileSystemDirectoryHandle, name: string): Promise<void> {
  try {
    await folder.removeEntry(name, { recursive: true });
  } catch (error) {
    if (!isNotFound(error)) throw error;
  }
}

/** Returns the folder of a name; undefined when there is none. */
export async function findFolder(
  parent: FileSystemDirectoryHandle,
  name: string,
): Promise<FileSystemDirectoryHandle | undefined> {
  try {
    return await parent.getDirectoryHandle(name);
  } catch (error) {
    if (isNotFound(error)) return undefined;
    throw error;
  }
}

/** A file somewhere below a folder. */
export interface FileBelow {
  /** From the folder, with slashes. */
  readonly path: string;
  readonly handle: FileSystemFileHandle;
}

/** Returns all files below a folder, unfinished ones left out, in the order of their paths. */
export async function filesBelow(folder: FileSystemDirectoryHandle, prefix = ''): Promise<FileBelow[]> {
  const files: FileBelow[] = [];
  for await (const [name, handle] of folder.entries()) {
    if (name.startsWith('.tmp-')) continue;
    if (handle.kind === 'directory') files.push(...(await filesBelow(handle, `${prefix}${name}/`)));
    else files.push({ path: `${prefix}${name}`, handle });
  }
  return files.toSorted((a, b) => (a.path < b.path ? -1 : 1));
}

/** Whether an error says that a file or folder is not there. */
function isNotFound(error: unknown): boolean {
  return error instanceof DOMException && error.name === 'NotFoundError';
}
