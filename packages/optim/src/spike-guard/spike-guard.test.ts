import { scalar, tensor1d, variable } from '@tensorflow/tfjs-core';
import type { Scalar, Variable } from '@tensorflow/tfjs-core';
import { expectNoLeaks, gpuSession, readFloats, seededRandom } from '@nibble-ml/testing';
import { testBackends, useBackend } from '@nibble-ml/testing';
import { beforeAll, describe, expect, it } from 'vitest';
import { createAdamW } from '../create-adamw.ts';
import type { AdamW } from '../create-adamw.ts';
import type { SpikeGuardOptions } from './options.ts';

interface Trial {
  readonly w: Variable;
  readonly optimizer: AdamW;
  dispose(): void;
}

function trial(skipSpikes: SpikeGuardOptions | null, moments: 'f32' | 'mixed' = 'f32'): Trial {
  const initial = tensor1d([1, -1]);
  const w = variable(initial);
  initial.dispose();
  const optimizer = createAdamW(new Map([['w', w]]), { skipSpikes, moments });
  return {
    w,
    optimizer,
    dispose: () => {
      optimizer.dispose();
      w.dispose();
    },
  };
}

/** Steps on a gradient of that norm; whether the weights stayed exactly as they were. */
async function isLeftOut({ w, optimizer }: Trial, norm: number, loss?: number): Promise<boolean> {
  const before = (await readFloats(w)).slice();
  const gradient = tensor1d([norm, 0]);
  const lossScalar: Scalar | undefined = loss === undefined ? undefined : scalar(loss);
  optimizer.step({ w: gradient }, 0.01, lossScalar).dispose();
  gradient.dispose();
  lossScalar?.dispose();
  const after = await readFloats(w);
  return before.every((value, i) => value === after[i]);
}

/** Norms around 1, and spikes of many sizes among them. */
function seriesOf(length: number, seed: number): number[] {
  const random = seededRandom(seed);
  return Array.from({ length }, () => {
    const usual = Math.exp(0.3 * (random() - 0.5));
    return random() < 0.1 ? usual * (1 + 3 * random()) : usual;
  });
}

/** The z-scores of a series by their definition, in float64; undefined before half a window. */
function zScores(series: readonly number[], window: number): (number | undefined)[] {
  return series.map((x, t) => {
    const past = series.slice(Math.max(0, t - window), t);
    if (past.length < window / 2) return undefined;
    const mean = past.reduce((sum, value) => sum + value, 0) / past.length;
    const variance = past.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (past.length - 1);
    return (x - mean) / Math.max(Math.sqrt(variance), mean / 1024);
  });
}

describe.each(testBackends)('skipSpikes on %s', (backend) => {
  beforeAll(() => useBackend(backend));

  it.each(['f32', 'mixed'] as const)('leaves out what the z-score says, with %s moments', async (moments) => {
    await expectNoLeaks(async () => {
      const [window, threshold] = [12, 3];
      const made = trial({ window, threshold }, moments);
      const series = seriesOf(80, 5);
      const expected = zScores(series, window).map((z) => z !== undefined && z > threshold);
      const found: boolean[] = [];
      for (const norm of series) found.push(await isLeftOut(made, norm));
      expect(found).toEqual(expected);
      const spikes = expected.filter(Boolean).length;
      expect(spikes).toBeGreaterThan(2);
      expect(await made.optimizer.skippedUpdates()).toBe(spikes);
      expect(made.optimizer.stepCount).toBe(series.length);
      made.dispose();
    });
  });

  it('watches the loss beside the norm', async () => {
    const made = trial({ window: 8, watchLoss: true });
    for (let step = 0; step < 10; step++) await isLeftOut(made, 1 + 0.01 * (step % 3), 2 + 0.01 * (step % 2));
    expect(await isLeftOut(made, 1, 2)).toBe(false);
    expect(await isLeftOut(made, 1, 9)).toBe(true);
    expect(await isLeftOut(made, 1, 2)).toBe(false);
    expect(await isLeftOut(made, 1, NaN)).toBe(true);
    expect(await isLeftOut(made, 50, 2)).toBe(true);
    expect(await made.optimizer.skippedUpdates()).toBe(3);
    made.dispose();
  });

  it('forgets no step for a NaN, and learns nothing from it', async () => {
    const made = trial({ window: 6 });
    for (let step = 0; step < 6; step++) await isLeftOut(made, 1 + 0.1 * (step % 2));
    const history = (await made.optimizer.state()).get('spike_guard')!.data.slice(3);
    expect(await isLeftOut(made, NaN)).toBe(true);
    expect((await made.optimizer.state()).get('spike_guard')!.data.slice(3)).toEqual(history);
    expect(await isLeftOut(made, 1)).toBe(false);
    expect(await made.optimizer.skippedUpdates()).toBe(1);
    made.dispose();
  });

  it('accepts a level that lasts', async () => {
    const made = trial({ window: 8 });
    for (let step = 0; step < 8; step++) await isLeftOut(made, 1 + 0.01 * (step % 2));
    const found: boolean[] = [];
    for (let step = 0; step < 8; step++) found.push(await isLeftOut(made, 5 + 0.01 * (step % 2)));
    expect(found[0]).toBe(true);
    expect(found.slice(-4)).toEqual([false, false, false, false]);
    made.dispose();
  });

  it('tells a step of 1 % from one of 0.5 % in a series that does not move', async () => {
    const made = trial({ window: 4 });
    for (let step = 0; step < 4; step++) expect(await isLeftOut(made, 2)).toBe(false);
    const state = await made.optimizer.state();
    expect(await isLeftOut(made, 2 * 1.005)).toBe(false);
    made.optimizer.restore(state);
    expect(await isLeftOut(made, 2 * 1.01)).toBe(true);
    made.dispose();
  });

  it('decides after restore as the uninterrupted run', async () => {
    const series = seriesOf(60, 9);
    const [whole, first, second] = [trial({ window: 10 }), trial({ window: 10 }), trial({ window: 10 })];
    for (const norm of series) await isLeftOut(whole, norm);
    for (const norm of series.slice(0, 33)) await isLeftOut(first, norm);
    second.optimizer.restore(await first.optimizer.state());
    second.w.assign(first.w);
    for (const norm of series.slice(33)) await isLeftOut(second, norm);
    expect(await second.optimizer.state()).toEqual(await whole.optimizer.state());
    expect(await readFloats(second.w)).toEqual(await readFloats(whole.w));
    for (const made of [whole, second, first]) made.dispose();
  });

  it('has the history of cpu, bit for bit', async () => {
    const history = async (): Promise<unknown> => {
      const made = trial({ window: 16, watchLoss: true });
      for (const norm of seriesOf(50, 3)) await isLeftOut(made, norm, norm * 3);
      const state = await made.optimizer.state();
      made.dispose();
      return state;
    };
    const found = await history();
    await useBackend(backend === 'webgpu' && !gpuSession()!.software ? backend : 'cpu');
    expect(found).toEqual(await history());
    await useBackend(backend);
  });

  it('counts nothing when it is off', async () => {
    const made = trial(null);
    expect(await isLeftOut(made, NaN)).toBe(true);
    expect(await made.optimizer.skippedUpdates()).toBe(0);
    expect((await made.optimizer.state()).has('spike_guard')).toBe(false);
    made.dispose();
  });
});

describe('skipSpikes refuses', () => {
  beforeAll(() => useBackend('cpu'));

  it.each([
    [{ window: 3 }, 'skipSpikes.window must be an integer from 4 to 4096, but got 3; 128 is usual'],
    [{ window: 8.5 }, 'skipSpikes.window must be an integer from 4 to 4096, but got 8.5; 128 is usual'],
    [{ threshold: 0 }, 'skipSpikes.threshold must be positive and at most 1e6, but got 0; 6 is usual'],
  ])('%o', (options, message) => {
    expect(() => trial(options)).toThrow(new RangeError(`createAdamW: ${message}`));
  });

  it('a loss that is missing, not watched, of another type or no scalar, and counts no step', async () => {
    const [watching, blind] = [trial({ watchLoss: true }), trial({})];
    const w = tensor1d([1, 1]);
    expect(() => watching.optimizer.step({ w }, 0.1)).toThrow(
      new RangeError('step: there must be a loss, because skipSpikes watches it, but got none; pass it'),
    );
    expect(() => blind.optimizer.step({ w }, 0.1, scalar(1))).toThrow(
      new RangeError(
        'step: there must be no loss, because nothing watches it, but got one; set skipSpikes.watchLoss',
      ),
    );
    expect(() => watching.optimizer.step({ w }, 0.1, scalar(1, 'int32'))).toThrow(
      new TypeError('step: the loss must be float32, but got int32; cast it first'),
    );
    expect(() => watching.optimizer.step({ w }, 0.1, w as never)).toThrow(
      new RangeError('step: the loss must be a scalar, but got [2]; pass the mean'),
    );
    expect([watching.optimizer.stepCount, blind.optimizer.stepCount]).toEqual([0, 0]);
  });

  it('a history of another window, and one that is none', async () => {
    const [short, long] = [trial({ window: 8 }), trial({ window: 16 })];
    const state = await long.optimizer.state();
    expect(() => short.optimizer.restore(state)).toThrow(
      new RangeError(
        'restore: spike_guard must have shape [11], but got [19] with 19 values; restore the state of this model',
      ),
    );
    const broken = { shape: [19], dtype: 'float32', data: new Float32Array(19).fill(16) } as const;
    expect(() => long.optimizer.restore(new Map(state).set('spike_guard', broken))).toThrow(
      new RangeError(
        'restore: spike_guard must be a history of 16 values, but counts 16 and goes on at 16; pass what state() returned',
      ),
    );
    expect(await long.optimizer.state()).toEqual(state);
  });
});
