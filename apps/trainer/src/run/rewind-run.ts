import { rmSync } from 'node:fs';
import { checkpointFolder, checkpointSteps } from './checkpoint-manifest.ts';
import { openMetrics } from './metrics.ts';

/**
 * Takes a run back to a checkpoint: removes the checkpoints and metrics of later steps, so that what is resumed there
 * is one run again and not two in one folder. Called with the newest step it only drops metrics that came after it.
 *
 * @param runDir - The folder of the run.
 * @param step - The step to resume from.
 */
export function rewindRun(runDir: string, step: number): void {
  for (const later of checkpointSteps(runDir)) {
    if (later > step) rmSync(checkpointFolder(runDir, later), { recursive: true });
  }
  openMetrics(runDir, step).close();
}
