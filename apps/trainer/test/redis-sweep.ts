import type { ChildProcess } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { parseRecords } from '@nibble-ml/scaling-law';
import { Redis } from 'ioredis';
import { expect } from 'vitest';
import { readMetrics } from '../src/run/metrics.ts';
import { runNibble } from './run-nibble.ts';
import type { NibbleResult } from './run-nibble.ts';
import type { TestRedis } from './redis-server.ts';

/** A `nibble` process of a test. */
export interface Started {
  readonly ended: Promise<NibbleResult>;
  /** What it has printed. */
  output(): string;
  /** Kills it at once, as a power cut would. */
  kill(): Promise<void>;
  /** Asks it to end. */
  stop(): Promise<NibbleResult>;
}

/** Starts `nibble` in a folder. */
export function startNibble(cwd: string, args: readonly string[]): Started {
  let child: ChildProcess | undefined;
  let printed = '';
  const ended = runNibble(args, {
    cwd,
    onStart: (process) => {
      child = process;
    },
    onOutput: (text) => {
      printed = text;
      return undefined;
    },
  });
  const end = async (signal: NodeJS.Signals): Promise<NibbleResult> => {
    child!.kill(signal);
    return ended;
  };
  return {
    ended,
    output: () => printed,
    kill: async () => void (await end('SIGKILL')),
    stop: () => end('SIGTERM'),
  };
}

/** Starts a worker that others count as dead after two seconds of silence. */
export function startWorker(cwd: string, { url }: TestRedis, runs: string): Started {
  return startNibble(cwd, ['worker', '--redis', url, '--runs', runs, '--lost-after', '2']);
}

/** Starts what asks for the runs of `sweep.toml` and gathers them into `results`. */
export function startCoordinator(cwd: string, { url }: TestRedis): Started {
  return startNibble(cwd, ['sweep', 'sweep.toml', '--redis', url, '--runs', 'results']);
}

/** Waits until something holds, at most a minute. */
export async function until(what: string, holds: () => boolean): Promise<void> {
  for (let left = 600; left > 0; left--) {
    if (holds()) return;
    await wait(100);
  }
  throw new Error(`until: ${what} must hold within a minute, but does not`);
}

/** The names of the runs in a worker's folder with two steps or more behind them, and not finished. */
export function runsInTraining(cwd: string, folder: string): string[] {
  return runsIn(join(cwd, folder)).flatMap((dir) => {
    const done = readMetrics(dir);
    return done.length >= 2 && !done.some(({ type }) => type === 'done') ? [basename(dir)] : [];
  });
}

/** Whether a worker's folder has a run in training. */
export function isTraining(cwd: string, folder: string): boolean {
  return runsInTraining(cwd, folder).length > 0;
}

/** The runs in a folder. */
export function runsIn(folder: string): string[] {
  if (!existsSync(folder)) return [];
  return readdirSync(folder)
    .toSorted()
    .map((name) => join(folder, name))
    .filter((dir) => existsSync(join(dir, 'config.json')));
}

/**
 * Waits for a coordinator to end well, and asserts that its results have each run once and whole, and that Redis has
 * nothing of them left. Returns their losses, to compare to the bit.
 */
export async function resultsOf(cwd: string, coordinator: Started, redis: TestRedis): Promise<Loss[]> {
  const { code, stderr } = await coordinator.ended;
  expect(code, stderr).toBe(0);
  const losses = lossesOf(cwd, 'results');
  const runs = runsIn(join(cwd, 'results'));
  expect(runs.map((dir) => basename(dir))).toEqual(losses.map(([run]) => run).toSorted());
  for (const dir of runs) {
    const steps = readMetrics(dir).flatMap(({ type, step }) => (type === 'step' ? [step] : []));
    expect(steps).toEqual(Array.from(steps, (_, i) => i + 1));
    expect(readdirSync(join(dir, 'checkpoints'))).toHaveLength(1);
  }
  expect(readdirSync(join(cwd, 'results')).filter((name) => name.startsWith('.tmp'))).toEqual([]);
  await expectNoLeftovers(redis);
  return losses;
}

/** A run and the loss that it came to. */
export type Loss = readonly [run: string | undefined, loss: number];

/** The losses of a sweep, by its CSV. */
export function lossesOf(cwd: string, folder: string): Loss[] {
  const text = readFileSync(join(cwd, folder, 'runs.csv'), 'utf8');
  return parseRecords(text).map(({ loss, columns }) => [columns?.['run'], loss]);
}

/** Asserts that nothing of a sweep is left in Redis but the files that later runs may share. */
export async function expectNoLeftovers({ url }: TestRedis): Promise<void> {
  const client = new Redis(url);
  try {
    const keys = await client.keys('nibble:*');
    const left = keys.filter((key) =>
      /:result:|-s\d+-[\da-f]{10}|:(wait|active|completed|failed|delayed)$/.test(key),
    );
    expect(left).toEqual([]);
  } finally {
    client.disconnect();
  }
}
