import { join } from 'node:path';
import { replaceFile } from '../run/durable-file.ts';
import { reportHtml, type ReportData } from './report-html.ts';

/**
 * Writes the `report.html` of a run: one page, light or dark as the reader's system is, that asks the network for
 * nothing.
 *
 * @param runDir - The folder of the run.
 * @param data - What to show.
 * @returns The path of the report.
 * @throws RangeError when a curve holds a value that is not finite; the system's error when it cannot be written.
 */
export function writeReport(runDir: string, data: ReportData): string {
  const path = join(runDir, 'report.html');
  replaceFile(path, reportHtml(data));
  return path;
}
