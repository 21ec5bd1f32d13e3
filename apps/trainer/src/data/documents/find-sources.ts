import { readdirSync, statSync } from 'node:fs';
import { basename, join } from 'node:path';
import { formatOf, sourceEndings, type SourceFile } from './source-file.ts';

/** What {@link findSources} found. */
export interface FoundSources {
  /** The files, in the order in which they are read. */
  readonly files: readonly SourceFile[];
  /** Names of files in folders that were left out for their ending. */
  readonly leftOut: readonly string[];
}

/**
 * Returns the files that paths name: a file itself, and all files of a folder and its folders that end in a known
 * way, sorted by name. A file named by itself with an unknown ending is plain text. Hidden files are left out.
 *
 * @param paths - Files and folders, in the order in which they are read.
 * @throws Error naming the path that is missing, cannot be read, or has nothing to read in it.
 */
export function findSources(paths: readonly string[]): FoundSources {
  const files: SourceFile[] = [];
  const leftOut: string[] = [];
  for (const path of paths) {
    const status = statusOf(path);
    if (!status.isDirectory()) {
      files.push(describe(path, basename(path), formatOf(path).format ?? 'text'));
      continue;
    }
    const before = files.length;
    for (const name of namesIn(path)) {
      const { format } = formatOf(name);
      if (format === undefined) leftOut.push(name);
      else files.push(describe(join(path, name), `${basename(path)}/${name}`, format));
    }
    if (files.length === before) {
      throw new Error(
        `findSources: the folder ${path} must hold documents (${sourceEndings}), but there are none`,
      );
    }
  }
  return { files, leftOut };
}

function statusOf(path: string): ReturnType<typeof statSync> & object {
  try {
    return statSync(path);
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException;
    const missing = code === 'ENOENT' || code === 'ENOTDIR';
    throw new Error(
      missing
        ? `findSources: ${path} must be a text file, but there is no such file; check the path`
        : `findSources: ${path} must be readable, but the system says ${code}`,
      { cause },
    );
  }
}

function describe(path: string, name: string, format: SourceFile['format']): SourceFile {
  const { size, mtimeMs } = statusOf(path);
  return {
    path,
    name,
    format,
    compression: formatOf(path).compression,
    bytes: Number(size),
    modified: Number(mtimeMs),
  };
}

/** All files below a folder, with `/`, sorted by code units: the same order everywhere. */
function namesIn(folder: string): string[] {
  const names: string[] = [];
  const walk = (below: string): void => {
    for (const entry of readdirSync(join(folder, below), { withFileTypes: true })) {
      if (entry.name.startsWith('.')) continue;
      const name = below === '' ? entry.name : `${below}/${entry.name}`;
      // A link may lead to a file or a folder; one that leads back up ends with the system's ELOOP.
      const status = entry.isSymbolicLink() ? statusOf(join(folder, name)) : entry;
      if (status.isDirectory()) walk(name);
      else if (status.isFile()) names.push(name);
    }
  };
  walk('');
  return names.toSorted((a, b) => (a < b ? -1 : 1));
}
