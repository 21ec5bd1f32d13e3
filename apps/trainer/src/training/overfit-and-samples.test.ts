import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { smallRuns, tensorsOf, timelessMetrics } from '../../test/small-run.ts';
import type { SmallRuns } from '../../test/small-run.ts';
import { createBatcher } from '../data/batcher.ts';
import { tokensInMemory } from '../data/token-source.ts';
import { repeatFirst } from './repeat-first.ts';
import { samplingOf } from './sample-run.ts';
import { defaultConfig } from '../config/train-config.ts';

let runs: SmallRuns;
beforeAll(() => {
  runs = smallRuns();
});
afterAll(() => runs.remove());

describe('repeatFirst', () => {
  const tokens = tokensInMemory(Int32Array.from({ length: 500 }, (_, i) => i));
  const batcher = () => createBatcher({ tokens, batchSize: 2, context: 8, seed: 3 });

  it('gives the first batches of another batcher again and again', () => {
    const [plain, repeated] = [batcher(), repeatFirst(batcher(), 2)];
    const first = [plain.next(), plain.next()];
    for (let round = 0; round < 3; round++) expect([repeated.next(), repeated.next()]).toEqual(first);
    expect(repeated.state()).toEqual(batcher().state());
  });

  it('goes on from its state, and refuses one of other data', () => {
    const [one, other] = [repeatFirst(batcher(), 1), repeatFirst(batcher(), 1)];
    const first = one.next();
    other.restore(one.state());
    expect(other.next()).toEqual(first);
    expect(() => other.restore({ ...one.state(), seed: 9 })).toThrow(/the state must have seed 3, but got 9/);
  });
});

describe('overfitting one batch', { timeout: 60_000 }, () => {
  const settings = {
    overfitBatch: true,
    recipe: 'fp4-paper',
    steps: 40,
    learningRate: 0.01,
    gradientAccumulation: 2,
  };

  it('brings its loss down, and resumes to the same bits', async () => {
    const { dir, done } = await runs.train('overfit', settings);
    const { first, last } = done!.overfit!;
    expect(last).toBeLessThan(first - 1.5);
    const cut = await runs.train('overfit-cut', settings, { stopAfter: 9 });
    const resumed = await runs.resume(cut.dir);
    expect(resumed.done!.overfit).toEqual({ first, last });
    expect(tensorsOf(cut.dir, 40)).toEqual(tensorsOf(dir, 40));
  });

  it('is an error when the loss does not fall', async () => {
    const flat = { ...settings, steps: 2, learningRate: 10, warmupFraction: 0, schedule: 'wsd' as const };
    await expect(runs.train('overfit-flat', flat)).rejects.toThrow(
      /the loss of the one batch must fall, but it went from 5\.\d+ to \d+\.\d+; lower the learning rate/,
    );
  });
});

describe('sampling on the way', { timeout: 60_000 }, () => {
  it.each(['fp4-paper', 'nvfp4', 'fp4-paper-int8'])(
    'leaves the bits of training alone, with %s',
    async (recipe) => {
      const settings = { recipe, steps: 6 };
      const plain = await runs.train(`plain-${recipe}`, settings);
      const samples: object[] = [];
      const sampling = { ...settings, sampleEvery: 2, sampleTokens: 5 };
      const sampled = await runs.train(`sampled-${recipe}`, sampling, {
        observer: { sampled: (sample) => samples.push(sample) },
      });
      expect(tensorsOf(sampled.dir, 6)).toEqual(tensorsOf(plain.dir, 6));
      expect(sampled.events.filter((event) => event.startsWith('sampled'))).toEqual([
        'sampled 2',
        'sampled 4',
      ]);
      const lines = timelessMetrics(sampled.dir).filter(({ type }) => type === 'sample');
      expect(lines.slice(0, 2)).toMatchObject(samples);
      const again = await runs.train(`again-${recipe}`, sampling);
      expect(timelessMetrics(again.dir).filter(({ type }) => type === 'sample')).toEqual(lines);
    },
  );

  it('draws as the settings say', () => {
    expect(samplingOf(defaultConfig)).toEqual({ temperature: 0.8 });
    const settings = { ...defaultConfig, temperature: 0.5, sampleTopK: 3, sampleTopP: 0.9, sampleMinP: 0.1 };
    expect(samplingOf(settings)).toEqual({ temperature: 0.5, topK: 3, topP: 0.9, minP: 0.1 });
  });
});
