import { cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { fullAt, injectFaults, killAt, KilledError } from '../../test/faulty-fs.ts';
import type { DiskCall, Fault } from '../../test/faulty-fs.ts';
import { defaultConfig } from '../config/train-config.ts';
import { checkpointSteps } from './checkpoint-folders.ts';
import { openMetrics, readMetrics } from './metrics.ts';
import { readCheckpoint } from './read-checkpoint.ts';
import { rewindRun } from './rewind-run.ts';
import { createRun, openRun } from './run-folder.ts';
import { finishReplacing, writeCheckpoint } from './write-checkpoint.ts';
import type { Checkpoint } from './checkpoint.ts';

const root = mkdtempSync(join(tmpdir(), 'nibble-disk-faults-'));
afterAll(() => rmSync(root, { recursive: true }));

const at = (step: number): Checkpoint => ({
  tensors: new Map([['w', { shape: [64], values: new Float32Array(64).fill(step) }]]),
  optimizer: new Map([['w.m', { dtype: 'U8', shape: [64], values: new Uint8Array(64).fill(step) }]]),
  state: { step },
});

let template: string | undefined;

/** A run with checkpoints 5 and 10 and metrics to step 12. */
function makeRun(): string {
  template ??= makeTemplate();
  const dir = mkdtempSync(join(root, 'run-'));
  cpSync(template, dir, { recursive: true });
  return dir;
}

function makeTemplate(): string {
  const dir = join(root, 'template');
  for (const step of [5, 10]) writeCheckpoint(dir, step, at(step));
  const metrics = openMetrics(dir);
  for (let step = 1; step <= 12; step++) metrics.append({ type: 'step', step, loss: 1 / step });
  metrics.close();
  return dir;
}

interface Tried {
  /** What was thrown, if anything was. */
  readonly error: unknown;
  readonly calls: number;
}

function withFaults(
  dir: string,
  body: () => unknown,
  decide: (call: DiskCall) => Fault | undefined = () => undefined,
): Tried {
  const restore = injectFaults(dir, decide);
  let error: unknown;
  try {
    body();
  } catch (thrown) {
    error = thrown;
  }
  return { error, calls: restore() };
}

/** Every checkpoint that is listed is whole, and holds what was written at its step. */
function expectWhole(dir: string): void {
  for (const step of checkpointSteps(dir)) {
    const { tensors, state } = readCheckpoint(dir, step);
    expect(state).toEqual({ step });
    expect(tensors.get('w')!.values[63]).toBe(step);
  }
}

/** Kills a body at every call that it makes on the disk: before it, in the middle of a write, and after it. */
function forEachKill(
  make: () => string,
  body: (dir: string) => unknown,
  check: (dir: string) => void,
): number {
  const dir = make();
  const { calls, error } = withFaults(dir, () => body(dir));
  expect(error).toBeUndefined();
  let kills = 0;
  for (let index = 0; index < calls; index++) {
    for (const when of ['before', 'half', 'after'] as const) {
      const one = make();
      const { error: thrown } = withFaults(one, () => body(one), killAt(index, when));
      // The last call of all may have been a cleanup that nobody waits for.
      expect(thrown === undefined || isKill(thrown)).toBe(true);
      check(one);
      rmSync(one, { recursive: true });
      kills++;
    }
  }
  return kills;
}

const isKill = (error: unknown): boolean =>
  error instanceof KilledError || (error as Error).cause instanceof KilledError;

describe('a process that is killed at any call on the disk', () => {
  it('leaves whole checkpoints while it writes one, and the next write goes through', () => {
    const kills = forEachKill(
      makeRun,
      (dir) => writeCheckpoint(dir, 15, at(15), { keep: 2 }),
      (dir) => {
        expectWhole(dir);
        const newest = readCheckpoint(dir).step;
        expect([10, 15]).toContain(newest);
        expect(checkpointSteps(dir).length).toBeGreaterThanOrEqual(newest === 15 ? 2 : 1);
        withFaults(dir, () => writeCheckpoint(dir, 15, at(15), { keep: 2 }));
        expect(readdirSync(join(dir, 'checkpoints')).toSorted()).toEqual(['step-000010', 'step-000015']);
        expectWhole(dir);
      },
    );
    console.log(`killed ${kills} times while a checkpoint was written: every one left was whole`);
    expect(kills).toBeGreaterThan(30);
  });

  it('never loses a checkpoint that it replaces', () => {
    const kills = forEachKill(
      makeRun,
      (dir) => writeCheckpoint(dir, 10, at(10)),
      (dir) => {
        finishReplacing(dir);
        expect(checkpointSteps(dir)).toEqual([5, 10]);
        expectWhole(dir);
      },
    );
    expect(kills).toBeGreaterThan(30);
  });

  it('leaves a run that can be taken back again, and nothing lost', () => {
    const kills = forEachKill(
      makeRun,
      (dir) => rewindRun(dir, 5),
      (dir) => {
        expectWhole(dir);
        withFaults(dir, () => rewindRun(dir, 5));
        expect(checkpointSteps(dir)).toEqual([5]);
        expect(readMetrics(dir).at(-1)).toMatchObject({ step: 5 });
        const aside = readdirSync(join(dir, 'set-aside'), { recursive: true }).map(String);
        expect(aside.filter((name) => name.endsWith('step-000010'))).toHaveLength(1);
      },
    );
    expect(kills).toBeGreaterThan(10);
  });

  it('leaves a whole run or none while it makes one', () => {
    const record = { config: defaultConfig, versions: {}, backend: 'wasm', adapter: {} };
    const files = { 'tokenizer.json': '{}' };
    const make = (dir: string): unknown => createRun(join(dir, 'runs', 'new'), record, files);
    const kills = forEachKill(
      () => mkdtempSync(join(root, 'new-')),
      make,
      (dir) => {
        const run = join(dir, 'runs', 'new');
        if (!existsSync(run)) withFaults(dir, () => make(dir));
        expect(openRun(run).record).toEqual(record);
        expect(readdirSync(run).toSorted()).toEqual(['SHA256SUMS', 'config.json', 'tokenizer.json']);
      },
    );
    expect(kills).toBeGreaterThan(20);
  });
});

describe('a disk that is full at any call', () => {
  it('is an error that names the place, and costs no checkpoint', () => {
    const whole = makeRun();
    const { calls } = withFaults(whole, () => writeCheckpoint(whole, 15, at(15)));
    let full = 0;
    for (let index = 0; index < calls; index++) {
      const dir = makeRun();
      const { error } = withFaults(dir, () => writeCheckpoint(dir, 15, at(15)), fullAt(index));
      expectWhole(dir);
      expect(checkpointSteps(dir)).toEqual(expect.arrayContaining([5, 10]));
      if (error === undefined) continue;
      full++;
      expect((error as Error).message).toMatch(
        /writeCheckpoint: step 15 must be written to .*step-000015, but the system says ENOSPC.*; earlier checkpoints are untouched/,
      );
    }
    console.log(`full at ${full} of ${calls} calls of a checkpoint: each an error, none cost anything`);
    expect(full).toBeGreaterThan(10);
  });

  it('tears at most the last line of the metrics, which the next process removes', () => {
    const dir = makeRun();
    const append = (): void => {
      const metrics = openMetrics(dir, 12);
      metrics.append({ type: 'step', step: 13, loss: 0.5 });
      metrics.close();
    };
    const copy = `${dir}-copy`;
    cpSync(dir, copy, { recursive: true });
    const { calls } = withFaults(dir, append);
    for (let index = 0; index < calls; index++) {
      rmSync(dir, { recursive: true });
      cpSync(copy, dir, { recursive: true });
      const { error } = withFaults(dir, append, fullAt(index));
      expect(error === undefined || (error as Error).message.includes('ENOSPC')).toBe(true);
      expect(readMetrics(dir).slice(0, 12)).toEqual(readMetrics(copy));
      withFaults(dir, () => openMetrics(dir, 12).close());
      expect(readMetrics(dir)).toEqual(readMetrics(copy));
    }
  });

  it('leaves no run behind where there is no room for one', () => {
    const dir = join(root, 'no-room');
    mkdirSync(dir);
    const record = { config: defaultConfig, versions: {}, backend: 'wasm', adapter: {} };
    const NO_ROOM = `createRun: ${join(dir, 'x', 'y')} must be a folder that can be written, but the system says ENOSPC`;
    const { calls } = withFaults(dir, () => createRun(join(dir, 'first'), record));
    for (let index = 0; index < calls; index++) {
      const { error } = withFaults(dir, () => createRun(join(dir, 'x', 'y'), record), fullAt(index));
      // A call that cannot be refused for want of room, such as a rename.
      if (error === undefined) rmSync(join(dir, 'x'), { recursive: true });
      expect((error as Error | undefined)?.message ?? NO_ROOM).toContain(NO_ROOM);
      expect(readdirSync(dir)).toEqual(['first']);
    }
  });
});
