import { openSafetensors } from '@nibble-ml/llama';
import type { SafetensorsReader, SafeTensor } from '@nibble-ml/llama';
import { checkpointFiles } from './checkpoint-manifest.ts';
import { readManifest } from './checkpoint-folders.ts';
import type { CheckpointManifest } from './checkpoint-manifest.ts';
import type { LoadedCheckpoint } from './checkpoint.ts';
import { openVerified } from './open-verified.ts';

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
 * Opens a checkpoint for its weights: checks them and the state against the manifest, and holds none of them. The
 * optimizer's state is not looked at.
 *
 * @param path - The checkpoint's folder.
 * @param step - The step that it must be of.
 * @throws CheckpointError naming the file that is missing, torn or changed.
 */
export function openCheckpoint(path: string, step: number): OpenCheckpoint {
  const manifest = readManifest(path, step);
  const state = readState(path, manifest);
  const file = openVerified(path, 'model.safetensors', manifest);
  try {
    return { step, path, weights: openSafetensors(file), state, close: () => file.close() };
  } catch (error) {
    file.close();
    throw error;
  }
}

/**
 * Reads a checkpoint into memory, and each byte once beside what was checked against the manifest before.
 *
 * @param path - The checkpoint's folder.
 * @param step - The step that it must be of.
 * @throws CheckpointError naming the file that is missing, torn or changed.
 */
export function readContents(path: string, step: number): LoadedCheckpoint {
  const manifest = readManifest(path, step);
  return {
    step,
    path,
    tensors: readTensors(path, 'model.safetensors', manifest),
    optimizer: readTensors(path, 'optimizer.safetensors', manifest),
    state: readState(path, manifest),
  };
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

function readState(path: string, manifest: CheckpointManifest): unknown {
  const file = openVerified(path, 'state.json', manifest);
  try {
    return JSON.parse(new TextDecoder().decode(file.read(0, file.size)));
  } finally {
    file.close();
  }
}

function readTensors(
  path: string,
  name: 'model.safetensors' | 'optimizer.safetensors',
  manifest: CheckpointManifest,
): Map<string, SafeTensor> {
  const file = openVerified(path, name, manifest);
  try {
    const { tensors, read } = openSafetensors(file);
    return new Map(
      [...tensors].map(([tensor, { dtype, shape }]) => [tensor, { dtype, shape, values: read(tensor) }]),
    );
  } finally {
    file.close();
  }
}
