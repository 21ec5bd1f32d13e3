import { memorySource, openSafetensors } from '@nibble-ml/llama';
import type { SafeTensor } from '@nibble-ml/llama';
import { encodeCheckpoint, surplusCheckpoints } from '../../../../src/run/checkpoint.ts';
import type { Checkpoint, KeepOptions, LoadedCheckpoint } from '../../../../src/run/checkpoint.ts';
import {
  CheckpointError,
  checkpointFiles,
  checkpointName,
  parseManifest,
  stepOfCheckpoint,
} from '../../../../src/run/checkpoint-manifest.ts';
import type { CheckpointManifest } from '../../../../src/run/checkpoint-manifest.ts';
import { digest } from '../../../../src/run/digest.ts';
import { findFile, findFolder, readBytes, removeIfThere, replaceFile } from './opfs-files.ts';

const MANIFEST = 'manifest.json';

/** The steps that a run has a whole checkpoint of, rising. */
export async function checkpointSteps(run: FileSystemDirectoryHandle): Promise<number[]> {
  const parent = await findFolder(run, 'checkpoints');
  const steps: number[] = [];
  for await (const [name, folder] of parent?.entries() ?? []) {
    const step = stepOfCheckpoint(name);
    if (step === undefined || folder.kind !== 'directory') continue;
    if ((await findFile(folder, MANIFEST)) !== undefined) steps.push(step);
  }
  return steps.toSorted((a, b) => a - b);
}

/**
 * Writes a checkpoint. Its manifest comes last and makes it one: folders cannot be renamed here. Afterwards the oldest ones
 * are removed, their manifests first.
 *
 * @throws RangeError as `encodeCheckpoint`; DOMException when the browser refuses, with nothing left behind and the earlier
 *   checkpoints untouched
 */
export async function writeCheckpoint(
  run: FileSystemDirectoryHandle,
  step: number,
  checkpoint: Checkpoint,
  options: KeepOptions,
): Promise<void> {
  const contents = encodeCheckpoint(step, checkpoint, options);
  const parent = await run.getDirectoryHandle('checkpoints', { create: true });
  const name = checkpointName(step);
  // What a crash left behind, or the same step once more, which has the same bits.
  await removeCheckpoint(parent, step);
  const folder = await parent.getDirectoryHandle(name, { create: true });
  try {
    const files = {} as CheckpointManifest['files'];
    for (const file of checkpointFiles) {
      const bytes = contents[file] as Uint8Array<ArrayBuffer>;
      await replaceFile(folder, file, bytes);
      files[file] = { bytes: bytes.length, sha256: await digest(bytes) };
    }
    const manifest: CheckpointManifest = { format: 'nibble-checkpoint', version: 1, step, files };
    await replaceFile(folder, MANIFEST, JSON.stringify(manifest, null, 2));
  } catch (error) {
    await removeIfThere(parent, name);
    throw error;
  }
  for (const old of surplusCheckpoints(await checkpointSteps(run), step, options)) {
    await removeCheckpoint(parent, old);
  }
}

/** Removes the checkpoints of later steps, the newest first. */
export async function removeCheckpointsAfter(run: FileSystemDirectoryHandle, step: number): Promise<void> {
  const parent = await findFolder(run, 'checkpoints');
  if (parent === undefined) return;
  for (const later of (await checkpointSteps(run)).filter((other) => other > step).toReversed()) {
    await removeCheckpoint(parent, later);
  }
}

async function removeCheckpoint(parent: FileSystemDirectoryHandle, step: number): Promise<void> {
  const folder = await findFolder(parent, checkpointName(step));
  if (folder === undefined) return;
  await removeIfThere(folder, MANIFEST);
  await removeIfThere(parent, checkpointName(step));
}

/**
 * Returns a checkpoint after checking every file against its manifest.
 *
 * @param path - What messages call it.
 * @throws CheckpointError naming the file that is missing, torn or changed
 */
export async function readCheckpoint(
  run: FileSystemDirectoryHandle,
  step: number,
  path: string,
): Promise<LoadedCheckpoint> {
  const read = await openCheckpoint(run, step, path);
  const state: unknown = JSON.parse(new TextDecoder().decode(await read('state.json')));
  return {
    step,
    path,
    tensors: tensorsOf('model.safetensors', await read('model.safetensors')),
    optimizer: tensorsOf('optimizer.safetensors', await read('optimizer.safetensors')),
    state,
  };
}

/**
 * Returns the `model.safetensors` of a checkpoint after checking it against its manifest.
 *
 * @param path - What messages call the checkpoint.
 * @throws CheckpointError when it is missing, torn or changed
 */
export async function readWeights(
  run: FileSystemDirectoryHandle,
  step: number,
  path: string,
): Promise<Uint8Array> {
  return (await openCheckpoint(run, step, path))('model.safetensors');
}

/** Returns what reads a file of a checkpoint and checks it. */
async function openCheckpoint(
  run: FileSystemDirectoryHandle,
  step: number,
  path: string,
): Promise<(name: keyof CheckpointManifest['files']) => Promise<Uint8Array>> {
  const parent = await findFolder(run, 'checkpoints');
  const folder = parent && (await findFolder(parent, checkpointName(step)));
  const bytes = folder && (await readBytes(folder, MANIFEST));
  if (folder === undefined || bytes === undefined) {
    throw new CheckpointError(`${path}/${MANIFEST}`, 'is missing');
  }
  const manifest = parseManifest(`${path}/${MANIFEST}`, bytes, step);
  return async (name) => {
    const file = `${path}/${name}`;
    const content = await readBytes(folder, name);
    if (content === undefined) throw new CheckpointError(file, 'is missing');
    const wanted = manifest.files[name];
    if (content.length !== wanted.bytes) {
      throw new CheckpointError(file, `has ${content.length} bytes instead of ${wanted.bytes}`);
    }
    if ((await digest(content)) !== wanted.sha256) {
      throw new CheckpointError(file, 'does not have the SHA-256 of the manifest');
    }
    return content;
  };
}

function tensorsOf(name: string, bytes: Uint8Array): Map<string, SafeTensor> {
  const { tensors, read } = openSafetensors(memorySource(name, bytes));
  return new Map(
    [...tensors].map(([tensor, { dtype, shape }]) => [tensor, { dtype, shape, values: read(tensor) }]),
  );
}
