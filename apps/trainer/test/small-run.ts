import { createHash } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { resolveConfig } from '../src/config/resolve-config.ts';
import type { TrainConfig } from '../src/config/train-config.ts';
import { defaultText } from '../src/data/default-text.ts';
import { checkpointFolder } from '../src/run/checkpoint-folders.ts';
import { readMetrics } from '../src/run/metrics.ts';
import type { MetricsRecord } from '../src/run/metrics-lines.ts';
import { settingsOfInit } from '../src/training/init-run.ts';
import { resumeRun } from '../src/training/resume-run.ts';
import { silentObserver } from '../src/training/train-observer.ts';
import type { TrainDone, TrainObserver } from '../src/training/train-observer.ts';
import { trainRun } from '../src/training/train-run.ts';

/** A run that takes a second: what happened, and how it ended. */
export interface SmallRun {
  /** The run's folder. */
  readonly dir: string;
  /** Names of the observer's calls, with their steps: `step 1`, `evaluation 4`. */
  readonly events: readonly string[];
  /** Undefined when it was stopped. */
  readonly done: TrainDone | undefined;
}

/** Options of a small run. */
export interface SmallRunOptions {
  /** Stops after this step, as Ctrl-C does. */
  readonly stopAfter?: number;
  readonly observer?: Partial<TrainObserver>;
}

/** Small runs in a temporary folder. */
export interface SmallRuns {
  /** Trains on wasm a nano model with what is given in place of its settings. */
  train(name: string, settings: Partial<TrainConfig>, options?: SmallRunOptions): Promise<SmallRun>;
  /** Goes on with a run. */
  resume(dir: string, options?: SmallRunOptions): Promise<SmallRun>;
  /** The path of a run or file in the folder. */
  path(name: string): string;
  /** Removes the folder. */
  remove(): void;
}

const SMALL = {
  model: 'nano',
  vocabSize: 280,
  context: 16,
  batchSize: 2,
  backend: 'wasm',
  evalEvery: 0,
  checkpointEvery: 0,
  sampleTokens: 0,
  layerStatistics: false,
} satisfies Partial<TrainConfig>;

/** Makes a folder for small runs and a text to train them on. */
export function smallRuns(): SmallRuns {
  const folder = mkdtempSync(join(tmpdir(), 'nibble-small-'));
  const text = join(folder, 'text.txt');
  writeFileSync(text, defaultText().text.slice(0, 6_000));
  return {
    train: (name, settings, options = {}) => {
      const dir = join(folder, name);
      const { model, vocabSize, ...rest } = SMALL;
      const own = settings.init == null ? { model, vocabSize, ...rest } : rest;
      const values = { ...own, data: text, out: dir, ...settings };
      const config = resolveConfig({ file: { path: 'a test', values }, inherit: settingsOfInit });
      return watch(dir, options, (watching) => trainRun(config, watching));
    },
    resume: (dir, options = {}) => watch(dir, options, (watching) => resumeRun(dir, watching)),
    path: (name) => join(folder, name),
    remove: () => rmSync(folder, { recursive: true }),
  };
}

/** Runs with an observer that counts, and stops where it is told to. */
async function watch(
  dir: string,
  { stopAfter, observer = {} }: SmallRunOptions,
  run: (options: { observer: TrainObserver; signal: AbortSignal }) => Promise<TrainDone | undefined>,
): Promise<SmallRun> {
  const events: string[] = [];
  const controller = new AbortController();
  const watching: TrainObserver = {
    ...silentObserver,
    ...observer,
    step: (record, total) => {
      events.push(`step ${record.step}`);
      observer.step?.(record, total);
      // The step after is under way by the time that this one is read.
      if (stopAfter !== undefined && record.step >= stopAfter - 1) controller.abort();
    },
  };
  for (const name of ['switched', 'evaluation', 'sampled', 'checkpoint', 'stopped'] as const) {
    watching[name] = (event: { readonly step: number }) => {
      events.push(`${name} ${event.step}`);
      (observer[name] as ((event: object) => void) | undefined)?.(event);
    };
  }
  return { dir, events, done: await run({ observer: watching, signal: controller.signal }) };
}

/** The lines of a run's metrics, without how long they took. */
export function timelessMetrics(dir: string): MetricsRecord[] {
  return readMetrics(dir).map((record) =>
    Object.fromEntries(
      Object.entries(record).filter(([key]) => key !== 'tokensPerSecond' && key !== 'seconds'),
    ),
  );
}

/** SHA-256 of the weights and moments of a checkpoint. */
export function tensorsOf(dir: string, step: number): string[] {
  return ['model.safetensors', 'optimizer.safetensors'].map((name) =>
    createHash('sha256')
      .update(readFileSync(join(checkpointFolder(dir, step), name)))
      .digest('hex'),
  );
}
