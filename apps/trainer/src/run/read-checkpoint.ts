import { CheckpointError } from './checkpoint-manifest.ts';
import { checkpointFolder, checkpointSteps, replacedFolder, replacedSteps } from './checkpoint-folders.ts';
import { readContents, verifyCheckpoint } from './open-checkpoint.ts';
import type { LoadedCheckpoint } from './checkpoint.ts';

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
  const found = locateCheckpoint(runDir, step);
  try {
    return readContents(found.path, found.step);
  } catch (error) {
    throw step === undefined ? withWayOut(error, runDir, found.step) : error;
  }
}

/**
 * Returns the newest checkpoint of a run after checking its files. An older one is never taken in its place: going
 * back is the user's choice, so the error names the newest whole one instead.
 *
 * @throws CheckpointError when the newest is damaged; Error when there is none.
 */
export function latestCheckpoint(runDir: string): CheckpointLocation {
  const { step, path } = locateCheckpoint(runDir);
  try {
    verifyCheckpoint(path, step);
  } catch (error) {
    throw withWayOut(error, runDir, step);
  }
  return { step, path };
}

/**
 * Returns where a checkpoint is, without looking at its files.
 *
 * @param runDir - The folder of the run.
 * @param step - The step; without it the newest.
 * @throws CheckpointError when the newest was about to be replaced; Error when there is no such checkpoint.
 */
export function locateCheckpoint(runDir: string, step?: number): CheckpointLocation {
  return step === undefined ? newest(runDir) : { step, path: locate(runDir, step) };
}

/**
 * Returns an error about the newest checkpoint, with what can be done where an older one is whole.
 *
 * @param step - The step of the newest.
 */
export function withWayOut(error: unknown, runDir: string, step: number): unknown {
  if (!(error instanceof CheckpointError)) return error;
  const whole = checkpointSteps(runDir).findLast((older) => older < step && isWhole(runDir, older));
  const wayOut =
    whole === undefined
      ? 'no older checkpoint is whole'
      : `step ${whole} is whole: nibble train --resume ${runDir} --from-step ${whole} goes on from there and sets later ones aside`;
  return new CheckpointError(error.file, error.problem, wayOut);
}

function newest(runDir: string): CheckpointLocation {
  const step = checkpointSteps(runDir).at(-1);
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
  return { step, path: checkpointFolder(runDir, step) };
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
    verifyCheckpoint(checkpointFolder(runDir, step), step);
    return true;
  } catch {
    return false;
  }
}
