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

/**
 * Returns a line as `metrics.jsonl` has it, with its line end, in UTF-8.
 *
 * @throws RangeError when a number in it is not finite.
 */
export function encodeMetrics(record: MetricsRecord): Uint8Array {
  return new TextEncoder().encode(`${strictJson(record, 'a line of metrics')}\n`);
}

/**
 * Returns all whole lines of a `metrics.jsonl`, in order. A last line without its line end was torn by a kill and is left
 * out.
 *
 * @param path - The file, for messages.
 * @throws Error naming the line that is no JSON object.
 */
export function parseMetrics(text: string, path: string): MetricsRecord[] {
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

/** Returns the text of the lines before the first one whose step is after `step`. */
export function metricsUntil(records: readonly MetricsRecord[], step: number): string {
  const later = records.findIndex((record) => typeof record['step'] === 'number' && record['step'] > step);
  const kept = later < 0 ? records : records.slice(0, later);
  return kept.map((record) => `${JSON.stringify(record)}\n`).join('');
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
