import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { toCsv } from '../many-runs/csv.ts';
import type { CsvRow } from '../many-runs/csv.ts';
import { loadReportRun } from '../report/load-report-run.ts';
import { factsOf } from '../report/report-run.ts';
import { replaceFile } from '../run/durable-file.ts';
import { makeFolder } from '../run/make-folder.ts';
import { runRecord } from '../scaling/run-record.ts';
import { tokensOf } from './run-identity.ts';
import { settingOf, varyingSettings } from './sweep-table.ts';
import type { SweepRunState } from './sweep-state.ts';

/** Settings that every record has, beside those in which the runs differ. */
const RECORDED = ['learningRate', 'batchSize', 'context', 'vocabSize', 'steps'] as const;

/**
 * Writes the records of a sweep into the folder of its runs: `runs.csv`, the finished ones, as `nibble fit` reads them, and
 * `unfinished.csv`, the others with the reason.
 *
 * @returns the paths of what was written; a file without rows is removed
 */
export function writeSweepRecords(runsDir: string, states: readonly SweepRunState[]): string[] {
  const finished = states.filter(({ status }) => status === 'finished');
  const others = states.filter(({ status }) => status !== 'finished');
  const further = varyingSettings(states.map(({ run }) => run)).filter(
    (key) => !(RECORDED as readonly string[]).includes(key),
  );
  makeFolder(runsDir);
  const write = (name: string, rows: readonly CsvRow[]): string[] => {
    const path = join(runsDir, name);
    if (rows.length === 0) {
      rmSync(path, { force: true });
      return [];
    }
    replaceFile(path, toCsv(rows));
    return [path];
  };
  return [
    ...write(
      'runs.csv',
      finished.map((state) => recordOf(state, further)),
    ),
    ...write('unfinished.csv', others.map(rowOfUnfinished)),
  ];
}

function recordOf({ run }: SweepRunState, further: readonly string[]): CsvRow {
  const { N, D, G, precision, seed, loss } = runRecord(run.dir);
  const { trainLoss, bitsPerByte, seconds, record } = factsOf(loadReportRun(run.dir));
  const { backend, adapter, versions } = record;
  return {
    N,
    D,
    G: G ?? null,
    precision,
    seed: seed ?? null,
    loss,
    recipe: run.config.recipe,
    model: run.config.model,
    ...Object.fromEntries(RECORDED.map((key) => [key, run.config[key]])),
    ...Object.fromEntries(further.map((key) => [key, settingOf(run, key)])),
    trainLoss: trainLoss ?? null,
    bitsPerByte: bitsPerByte ?? null,
    seconds: Math.round(seconds * 10) / 10,
    backend,
    adapter: Object.values(adapter).join(', '),
    versions: Object.entries(versions)
      .map(([name, version]) => `${name} ${version}`)
      .join('; '),
    data: run.files.data,
    run: run.name,
  };
}

function rowOfUnfinished({ run, status, step, reason }: SweepRunState): CsvRow {
  const { model, recipe, seed, learningRate, steps } = run.config;
  const tokens = tokensOf(run.config);
  return {
    run: run.name,
    model,
    recipe,
    tokens,
    seed,
    learningRate,
    steps,
    status,
    step,
    reason: reason ?? null,
  };
}
