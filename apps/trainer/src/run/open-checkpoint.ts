import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { openSafetensors } from '@nibble-ml/llama';
import type { SafetensorsReader } from '@nibble-ml/llama';
import { CheckpointError, checkpointFiles, readManifest } from './checkpoint-manifest.ts';
import type { CheckpointManifest } from './checkpoint-manifest.ts';
import { openFileSource } from './file-source.ts';
import type { FileSource } from './file-source.ts';

/** Bytes hashed at once. */
const CHUNK = 2 ** 20;

/** A checkpoint whose weights are read one at a time. */
export interface OpenCheckpoint {
  /** Optimizer steps done. */
  readonly step: number;
  /** Its folder. */
  readonly path: string;
  /** The master weights by name, and learned clip factors. */
  readonly weights: SafetensorsReader;
  /** The rest, as plain JSON. */
  readonly state: unknown;
  /** Closes the file of the weights. */
  close(): void;
}

/**
 * Opens a checkpoint for its weights: checks them and the state against the manifest, a piece at a time, and holds none
 * of them. The optimizer's state is not looked at.
 *
 * @param path - The checkpoint's folder.
 * @param step - The step that it must be of.
 * @throws CheckpointError naming the file that is missing, torn or changed.
 */
export function openCheckpoint(path: string, step: number): OpenCheckpoint {
  const manifest = readManifest(path, step);
  const stateFile = openVerified(path, 'state.json', manifest);
  let state: unknown;
  try {
    state = JSON.parse(new TextDecoder().decode(stateFile.read(0, stateFile.size)));
  } finally {
    stateFile.close();
  }
  const file = openVerified(path, 'model.safetensors', manifest);
  try {
    return { step, path, weights: openSafetensors(file), state, close: () => file.close() };
  } catch (error) {
    file.close();
    throw error;
  }
}

/**
 * Checks all files of a checkpoint against the manifest, a piece at a time.
 *
 * @param path - The checkpoint's folder.
 * @param step - The step that it must be of.
 * @throws CheckpointError naming the file that is missing, torn or changed.
 */
export function verifyCheckpoint(path: string, step: number): void {
  const manifest = readManifest(path, step);
  for (const name of checkpointFiles) openVerified(path, name, manifest).close();
}

function openVerified(
  folder: string,
  name: keyof CheckpointManifest['files'],
  manifest: CheckpointManifest,
): FileSource {
  const path = join(folder, name);
  let file: FileSource;
  try {
    file = openFileSource(path);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    throw new CheckpointError(path, code === 'ENOENT' ? 'is missing' : `cannot be read (${code})`);
  }
  try {
    const { bytes, sha256 } = manifest.files[name];
    if (file.size !== bytes) {
      throw new CheckpointError(path, `has ${file.size} bytes instead of ${bytes}`);
    }
    const hash = createHash('sha256');
    for (let at = 0; at < bytes; at += CHUNK) hash.update(file.read(at, Math.min(CHUNK, bytes - at)));
    if (hash.digest('hex') !== sha256) {
      throw new CheckpointError(path, 'does not have the SHA-256 of the manifest');
    }
    return file;
  } catch (error) {
    file.close();
    throw error;
  }
}
