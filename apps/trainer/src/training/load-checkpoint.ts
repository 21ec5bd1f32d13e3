import { readCheckpoint } from '../run/read-checkpoint.ts';
import { progressOf } from './checkpoint-state.ts';
import type { RunCheckpoint } from './checkpoint-state.ts';

/**
 * Reads a checkpoint of a run, by default the newest.
 *
 * @throws CheckpointError when a file of it is missing, torn or changed
 */
export function loadCheckpoint(runDir: string, step?: number): RunCheckpoint {
  const checkpoint = readCheckpoint(runDir, step);
  return { checkpoint, progress: progressOf(checkpoint) };
}

/**
 * Reads the checkpoint that a run's model is taken from: with `patience` the one with the lowest validation loss, else the
 * newest.
 *
 * @throws CheckpointError when a file of it is missing, torn or changed
 */
export function checkpointInUse(runDir: string): RunCheckpoint {
  const newest = loadCheckpoint(runDir);
  const best = newest.progress.earlyStop?.bestStep ?? 0;
  return best > 0 ? loadCheckpoint(runDir, best) : newest;
}
