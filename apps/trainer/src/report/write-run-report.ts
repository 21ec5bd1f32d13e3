import { join } from 'node:path';
import { replaceFile } from '../run/durable-file.ts';
import { loadReportRun } from './load-report-run.ts';
import { reportHtml } from './report-html.ts';

/**
 * Writes the `report.html` of a run from what its folder holds.
 *
 * @returns The path of the report.
 * @throws Error as `loadReportRun`, or RangeError when a curve holds a value that is not finite; an old report stays then.
 */
export function writeRunReport(dir: string): string {
  const path = join(dir, 'report.html');
  replaceFile(path, reportHtml([loadReportRun(dir)]));
  return path;
}
