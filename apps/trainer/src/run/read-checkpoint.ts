import { decodeSafetensors } from '@nibble-ml/llama';
import {
  CheckpointError,
  checkpointFolder,
  checkpointSteps,
  readVerifiedFiles,
  replacedFolder,
  replacedSteps,
} from './checkpoint-manifest.ts';
import type { Checkpoint } from './write-checkpoint.ts';

/** A checkpoint read back. */
export interface LoadedCheckpoint extends Checkpoint {
  /** Optimizer steps done. */
  step: number;
  /** Its folder. */
  path: string;
}

/** Where a checkpoint is. */
export interface CheckpointLocation {
  /** Optimizer steps done. */
  step: number;
  /** Its folder. */
  path: string;
}

/**
 * Returns a checkpoint after checking every file against the manifest.
 *
 * @param runDir - The folder of the run.
 * @param step - The step; without it the newest, as {@link latestCheckpoint} finds it.
 * @throws CheckpointError naming the file that is missing, torn or changed; Error when there is no checkpoint.
 */
export function readCheckpoint(runDir: string, step?: number): LoadedCheckpoint {
  const { step: found, path } =
    step === undefined ? latestCheckpoint(runDir) : { step, path: locate(runDir, step) };
  const files = readVerifiedFiles(path, found);
  return {
    step: found,
    path,
    tensors: decodeSafetensors(files['model.safetensors']).tensors,
    optimizer: decodeSafetensors(files['optimizer.safetensors']).tensors,
    state: JSON.parse(new TextDecoder().decode(files['state.json'])),
  };
}

/**
 * Returns the newest checkpoint of a run after checking its files. An older one is never taken in its place: going
 * back is the user's choice, so the error names the newest whole one instead.
 *
 * @throws CheckpointError when the newest is damaged; Error when there is none.
 */
export function latestCheckpoint(runDir: string): CheckpointLocation {
  const steps = checkpointSteps(runDir);
  const step = steps.at(-1);
  const replaced = replacedSteps(runDir).at(-1);
  if (replaced !== undefined && replaced > (step ?? -1)) {
    throw new CheckpointError(
      replacedFolder(runDir, replaced),
      `was about to be replaced by another of step ${replaced} when its process was killed`,
      'nibble train --resume puts it back',
    );
  }
  if (step === undefined) {
    throw new Error(
      `latestCheckpoint: ${runDir} must have a checkpoint, but it has none; nibble train --resume begins it from its first step`,
    );
  }
  const path = checkpointFolder(runDir, step);
  try {
    readVerifiedFiles(path, step);
  } catch (error) {
    const whole = steps.slice(0, -1).findLast((older) => isWhole(runDir, older));
    const wayOut =
      whole === undefined
        ? 'no older checkpoint is whole'
        : `step ${whole} is whole: nibble train --resume ${runDir} --from-step ${whole} goes on from there and sets later ones aside`;
    if (error instanceof CheckpointError) throw new CheckpointError(error.file, error.problem, wayOut);
    throw error;
  }
  return { step, path };
}

function locate(runDir: string, step: number): string {
  const steps = checkpointSteps(runDir);
  if (steps.includes(step)) return checkpointFolder(runDir, step);
  throw new Error(
    `readCheckpoint: ${runDir} must have a checkpoint of step ${step}, but it has ${steps.join(', ') || 'none'}`,
  );
}

function isWhole(runDir: string, step: number): boolean {
  try {
    readVerifiedFiles(checkpointFolder(runDir, step), step);
    return true;
  } catch {
    return false;
  }
}
