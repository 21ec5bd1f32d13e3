import { existsSync, realpathSync } from 'node:fs';
import { basename, dirname, join, resolve, sep } from 'node:path';

/**
 * The path of a file of a model's folder, when it is there and, after all symbolic links, in the folder itself. In a
 * snapshot of Hugging Face's cache, whose files are links into the `blobs` folder beside the snapshots, it may be there.
 *
 * @param name - A plain file name.
 * @returns undefined when there is no such file
 * @throws Error when a link leads out of the folder, or to nothing
 */
export function fileWithin(folder: string, name: string): string | undefined {
  const path = join(folder, name);
  if (!existsSync(path)) return undefined;
  const real = realpathSync(path);
  const root = realpathSync(folder);
  const snapshots = dirname(resolve(root));
  const blobs = basename(snapshots) === 'snapshots' ? join(dirname(snapshots), 'blobs') : undefined;
  if ([root, blobs].some((allowed) => allowed !== undefined && real.startsWith(allowed + sep))) return path;
  throw new Error(
    `fileWithin: ${path} must be a file of its folder, but is a link to ${real}; copy the file there if it is meant`,
  );
}
