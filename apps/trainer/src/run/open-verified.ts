import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { CheckpointError } from './checkpoint-manifest.ts';
import type { CheckpointManifest } from './checkpoint-manifest.ts';
import { openFileSource } from './file-source.ts';
import type { FileSource } from './file-source.ts';

/** Bytes hashed at once. */
const CHUNK = 2 ** 20;

/**
 * Opens a file of a checkpoint after checking it against the manifest, a piece at a time.
 *
 * @param folder - The checkpoint's folder.
 * @throws CheckpointError when the file is missing, torn or changed.
 */
export function openVerified(
  folder: string,
  name: keyof CheckpointManifest['files'],
  manifest: CheckpointManifest,
): FileSource {
  const path = join(folder, name);
  const { bytes, sha256 } = manifest.files[name];
  let file: FileSource | undefined;
  try {
    file = openFileSource(path);
    if (file.size !== bytes) throw new CheckpointError(path, `has ${file.size} bytes instead of ${bytes}`);
    if (hashOf(file) !== sha256) throw new CheckpointError(path, 'does not have the SHA-256 of the manifest');
    return file;
  } catch (error) {
    file?.close();
    if (error instanceof CheckpointError) throw error;
    const { code } = error as NodeJS.ErrnoException;
    throw new CheckpointError(path, code === 'ENOENT' ? 'is missing' : `cannot be read (${code})`);
  }
}

function hashOf(file: FileSource): string {
  const hash = createHash('sha256');
  for (let at = 0; at < file.size; at += CHUNK) hash.update(file.read(at, Math.min(CHUNK, file.size - at)));
  return hash.digest('hex');
}
