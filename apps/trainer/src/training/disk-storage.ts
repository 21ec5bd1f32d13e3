import { existsSync } from 'node:fs';
import { writeRunReport } from '../report/write-run-report.ts';
import { checkpointFolder } from '../run/checkpoint-folders.ts';
import { createEventWriter } from '../run/event-writer.ts';
import { metricsPath, openMetrics, readMetrics } from '../run/metrics.ts';
import { readCheckpoint } from '../run/read-checkpoint.ts';
import type { RunStorage } from '../run/run-storage.ts';
import { writeCheckpoint } from '../run/write-checkpoint.ts';

/** A run that is kept in a folder on disk. */
export function diskStorage(dir: string): RunStorage {
  return {
    name: dir,
    readMetrics: async () => readMetrics(dir),
    openLog: async (step) => {
      const isNew = !existsSync(metricsPath(dir));
      return {
        isNew,
        metrics: openMetrics(dir, ...(isNew ? [] : [step])),
        events: createEventWriter(dir, isNew ? {} : { resumeStep: step }),
      };
    },
    checkpointPath: (step) => checkpointFolder(dir, step),
    writeCheckpoint: async (step, checkpoint, options) => writeCheckpoint(dir, step, checkpoint, options),
    readCheckpoint: async (step) => readCheckpoint(dir, step),
    writeReport: async () => writeRunReport(dir),
  };
}
