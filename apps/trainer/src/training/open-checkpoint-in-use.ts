import { openCheckpoint } from '../run/open-checkpoint.ts';
import type { OpenCheckpoint } from '../run/open-checkpoint.ts';
import { locateCheckpoint, withWayOut } from '../run/read-checkpoint.ts';
import { progressOf } from './checkpoint-state.ts';

/**
 * Opens the checkpoint that a run's model is taken from, to read its weights one at a time: as `checkpointInUse`, with
 * `patience` the one with the lowest validation loss, else the newest.
 *
 * @param step - Another step
 * @throws CheckpointError when a file of it is missing, torn or changed; Error when there is none
 */
export function openCheckpointInUse(runDir: string, step?: number): OpenCheckpoint {
  const opened = openAt(runDir, step);
  if (step !== undefined) return opened;
  let best: number;
  try {
    best = progressOf(opened).earlyStop?.bestStep ?? 0;
  } catch (error) {
    opened.close();
    throw error;
  }
  if (best === 0 || best === opened.step) return opened;
  opened.close();
  return openAt(runDir, best);
}

function openAt(runDir: string, step: number | undefined): OpenCheckpoint {
  const found = locateCheckpoint(runDir, step);
  try {
    return openCheckpoint(found.path, found.step);
  } catch (error) {
    throw step === undefined ? withWayOut(error, runDir, found.step) : error;
  }
}
