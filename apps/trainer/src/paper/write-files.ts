import { join } from 'node:path';
import { replaceFile } from '../run/durable-file.ts';
import { makeFolder } from '../run/make-folder.ts';

/** Writes files into a folder, each whole or not at all, and returns their paths. */
export function writeFiles(folder: string, files: Readonly<Record<string, string>>): string[] {
  makeFolder(folder);
  return Object.entries(files).map(([name, content]) => {
    const path = join(folder, name);
    replaceFile(path, content);
    return path;
  });
}
