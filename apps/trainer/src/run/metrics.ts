import { closeSync, fsyncSync, openSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { replaceFile, writeAll } from './durable-file.ts';
import { encodeMetrics, metricsUntil, parseMetrics } from './metrics-lines.ts';
import type { MetricsRecord, MetricsWriter } from './metrics-lines.ts';

/** The metrics file of a run. */
export const metricsPath = (runDir: string): string => join(runDir, 'metrics.jsonl');

/**
 * Opens the metrics of a run for appending.
 *
 * @param runDir - The folder of the run.
 * @param resumeStep - On resuming, the checkpoint's step: lines from the first later step on are removed, and a line
 *   that a kill tore, as the resumed run writes them again. Without it the file must not exist.
 * @throws Error when the file exists though the run is new, or a line before the end is not JSON.
 */
export function openMetrics(runDir: string, resumeStep?: number): MetricsWriter {
  const path = metricsPath(runDir);
  if (resumeStep !== undefined) truncateMetrics(runDir, resumeStep);
  const file = openSync(path, resumeStep === undefined ? 'ax' : 'a');
  return {
    append: (record) => writeAll(file, encodeMetrics(record)),
    sync: () => fsyncSync(file),
    close: () => {
      fsyncSync(file);
      closeSync(file);
    },
  };
}

/**
 * Returns all whole lines of the metrics of a run, in order; none when there is no file. A last line without its line
 * end was torn by a kill and is left out.
 *
 * @throws Error naming the line that is no JSON object.
 */
export function readMetrics(runDir: string): MetricsRecord[] {
  const path = metricsPath(runDir);
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw error;
  }
  return parseMetrics(text, path);
}

/** Removes the lines from the first one whose step is after `step`. */
function truncateMetrics(runDir: string, step: number): void {
  replaceFile(metricsPath(runDir), metricsUntil(readMetrics(runDir), step));
}
