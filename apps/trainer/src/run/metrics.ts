import { closeSync, fsyncSync, openSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { replaceFile, writeAll } from './durable-file.ts';
import { strictJson } from './strict-json.ts';

/** One line of `metrics.jsonl`: any plain object; those of a step carry its number. */
export type MetricsRecord = Readonly<Record<string, unknown>>;

/** Appends to the metrics of a run. */
export interface MetricsWriter {
  /**
   * Adds one line.
   *
   * @throws RangeError when a number in it is not finite.
   */
  append(record: MetricsRecord): void;
  /** Waits until the disk has all lines; call it before a checkpoint is written. */
  sync(): void;
  /** Syncs and closes the file. */
  close(): void;
}

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
    append: (record) =>
      writeAll(file, new TextEncoder().encode(`${strictJson(record, 'a line of metrics')}\n`)),
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
  // What follows the last line end is torn, or empty.
  return text
    .split('\n')
    .slice(0, -1)
    .map((line, index) => {
      const record = parseLine(line);
      if (record === undefined) {
        throw new Error(
          `readMetrics: ${path}:${index + 1} must be a JSON object, but got ${JSON.stringify(line.slice(0, 80))}`,
        );
      }
      return record;
    });
}

/** Removes the lines from the first one whose step is after `step`. */
function truncateMetrics(runDir: string, step: number): void {
  const records = readMetrics(runDir);
  const later = records.findIndex((record) => typeof record.step === 'number' && record.step > step);
  const kept = later < 0 ? records : records.slice(0, later);
  replaceFile(metricsPath(runDir), kept.map((record) => `${JSON.stringify(record)}\n`).join(''));
}

function parseLine(line: string): MetricsRecord | undefined {
  try {
    const value: unknown = JSON.parse(line);
    return typeof value === 'object' && value !== null && !Array.isArray(value)
      ? (value as MetricsRecord)
      : undefined;
  } catch {
    return undefined;
  }
}
