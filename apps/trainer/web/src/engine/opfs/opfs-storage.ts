import { checkpointName } from '../../../../src/run/checkpoint-manifest.ts';
import { eventWriterOver, nextStamp } from '../../../../src/run/event-records.ts';
import type { EventWriter } from '../../../../src/run/event-records.ts';
import { encodeMetrics, metricsUntil, parseMetrics } from '../../../../src/run/metrics-lines.ts';
import type { MetricsRecord, MetricsWriter } from '../../../../src/run/metrics-lines.ts';
import type { RunRecord } from '../../../../src/run/run-record.ts';
import type { RunStorage } from '../../../../src/run/run-storage.ts';
import { readCheckpoint, writeCheckpoint } from './opfs-checkpoints.ts';
import { openForAppending, readText, replaceFile } from './opfs-files.ts';

/** The metrics file of a run. */
export const METRICS_FILE = 'metrics.jsonl';

/** What {@link opfsStorage} needs of a run. */
export interface OpfsStorageOptions {
  readonly folder: FileSystemDirectoryHandle;
  /** What messages call the run. */
  readonly name: string;
  readonly record: RunRecord;
  /** Told each line of metrics as it is written. */
  readonly onLine: (line: MetricsRecord) => void;
}

/** A run that is kept in a folder of the origin's private file system. */
export function opfsStorage({ folder, name, record, onLine }: OpfsStorageOptions): RunStorage {
  const checkpointPath = (step: number): string => `${name}/checkpoints/${checkpointName(step)}`;
  const readLines = (): Promise<MetricsRecord[]> => readMetrics(folder, name);
  return {
    name,
    readMetrics: readLines,
    openLog: async (step) => {
      const text = await readText(folder, METRICS_FILE);
      const isNew = text === undefined;
      if (!isNew) await replaceFile(folder, METRICS_FILE, metricsUntil(await readLines(), step));
      const metrics = await openMetrics(folder, onLine);
      try {
        return { isNew, metrics, events: await openEvents(folder, isNew ? undefined : step) };
      } catch (error) {
        // A file that stays open cannot be opened again.
        metrics.close();
        throw error;
      }
    },
    checkpointPath,
    writeCheckpoint: async (step, checkpoint, options) => {
      await writeCheckpoint(folder, step, checkpoint, options);
      return checkpointPath(step);
    },
    readCheckpoint: (step) => readCheckpoint(folder, step, checkpointPath(step)),
    writeReport: async () => {
      // The report's drawings are loaded when the first run ends.
      const { reportHtml } = await import('../../../../src/report/report-html.ts');
      await replaceFile(folder, 'report.html', reportHtml([{ name, record, metrics: await readLines() }]));
      return `${name}/report.html`;
    },
  };
}

/**
 * Returns all whole lines of the metrics of a run; none when there is no file.
 *
 * @throws Error naming the line that is no JSON object
 */
export async function readMetrics(folder: FileSystemDirectoryHandle, name: string): Promise<MetricsRecord[]> {
  return parseMetrics((await readText(folder, METRICS_FILE)) ?? '', `${name}/${METRICS_FILE}`);
}

async function openMetrics(
  folder: FileSystemDirectoryHandle,
  onLine: (line: MetricsRecord) => void,
): Promise<MetricsWriter> {
  const file = await openForAppending(folder, METRICS_FILE);
  return {
    append: (record) => {
      file.append(encodeMetrics(record));
      onLine(record);
    },
    sync: () => file.flush(),
    close: () => file.close(),
  };
}

async function openEvents(
  folder: FileSystemDirectoryHandle,
  resumeStep: number | undefined,
): Promise<EventWriter> {
  const names: string[] = [];
  for await (const name of folder.keys()) names.push(name);
  const file = await openForAppending(
    folder,
    `events.out.tfevents.${nextStamp(names, Date.now() / 1000)}.nibble-lab`,
  );
  return eventWriterOver(
    { write: (bytes) => file.append(bytes), close: () => file.close() },
    resumeStep === undefined ? {} : { resumeStep },
  );
}
