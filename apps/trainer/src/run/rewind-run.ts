import { copyFileSync, existsSync } from 'node:fs';
import { join } from 'node:path';
import { checkpointFolder, checkpointSteps } from './checkpoint-folders.ts';
import { metricsPath, openMetrics, readMetrics } from './metrics.ts';
import { openSetAside } from './set-aside.ts';

/**
 * Takes a run back to a checkpoint, so that what is resumed there is one run again and not two in one folder. With the
 * newest checkpoint it only drops the metrics that came after it: the resumed run writes them again, to the same bits.
 * Going further back, nothing is deleted: later checkpoints, all metrics and the report move to a folder in `set-aside/`,
 * the newest checkpoint first, so that a kill on the way leaves a run that can be resumed or taken back once more.
 *
 * TensorBoard's events stay: a resumed run begins its own file with a mark that makes TensorBoard drop later steps.
 *
 * @param runDir - The folder of the run.
 * @param step - The step to resume from; 0 is the start, with or without a checkpoint.
 * @returns the folder that things were moved to, or undefined when nothing was
 * @throws Error when a line of the metrics is damaged; nothing is changed then.
 */
export function rewindRun(runDir: string, step: number): string | undefined {
  const later = checkpointSteps(runDir).filter((other) => other > step);
  const metrics = readMetrics(runDir);
  // Without any checkpoint it cannot be told a kill from a loss of checkpoints.
  const isRestart = step === 0 && metrics.length > 0;
  if (later.length === 0 && !isRestart) {
    openMetrics(runDir, step).close();
    return undefined;
  }
  const aside = openSetAside(runDir, step);
  if (existsSync(metricsPath(runDir))) {
    copyFileSync(metricsPath(runDir), join(aside.path, 'metrics.jsonl'));
  }
  for (const other of later.toReversed()) aside.take(checkpointFolder(runDir, other));
  aside.take(join(runDir, 'report.html'));
  openMetrics(runDir, step).close();
  return aside.path;
}
