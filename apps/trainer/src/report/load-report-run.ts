import { basename, resolve } from 'node:path';
import { readMetrics } from '../run/metrics.ts';
import { openRun } from '../run/run-folder.ts';
import type { ReportRun } from './report-run.ts';

/**
 * Reads what a report says of a run, which another process may be training: a last line that is being written is left out.
 *
 * @param name - What to call it; default the folder's name.
 * @throws Error when the folder is no run, or a line of its metrics is damaged.
 */
export function loadReportRun(dir: string, name: string = basename(resolve(dir))): ReportRun {
  return { name, record: openRun(dir).record, metrics: readMetrics(dir) };
}

/**
 * Reads several runs. Those whose folders have the same name are called by their paths.
 *
 * @throws Error as {@link loadReportRun}.
 */
export function loadReportRuns(dirs: readonly string[]): ReportRun[] {
  const names = dirs.map((dir) => basename(resolve(dir)));
  const isUnique = new Set(names).size === names.length;
  return dirs.map((dir, i) => loadReportRun(dir, isUnique ? names[i]! : dir));
}
