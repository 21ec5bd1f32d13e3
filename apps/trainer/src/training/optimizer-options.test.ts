import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { findModel } from '@nibble-ml/llama';
import { findRecipe } from '@nibble-ml/recipes';
import { bitsOf, expectNoLeaks, readFloats, testBackends, useBackend } from '@nibble-ml/testing';
import { afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { diskStorage } from './disk-storage.ts';
import { defaultConfig } from '../config/train-config.ts';
import type { TrainConfig } from '../config/train-config.ts';
import { restoreState, saveCheckpoint } from './checkpoint-state.ts';
import { loadCheckpoint } from './load-checkpoint.ts';
import { readOutcome, trainStep } from './train-step.ts';
import type { StepResult } from './train-step.ts';
import { tokensInMemory } from '../data/token-source.ts';
import { createTrainingState } from './training-state.ts';
import type { TrainingState } from './training-state.ts';

const config: TrainConfig = {
  ...defaultConfig,
  context: 16,
  batchSize: 2,
  gradientAccumulation: 2,
  moments: 'mixed',
  gradientSums: 'e4m3',
  skipSpikes: 6,
};
const model = { ...findModel('nano'), context: config.context, vocabSize: 96 };
const tokens = Int32Array.from({ length: 2000 }, (_, i) => (i * i + (i >> 3)) % 96);

let dir: string;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'nibble-options-'));
});
afterEach(() => rmSync(dir, { recursive: true, force: true }));

const fresh = (changes: Partial<TrainConfig> = {}, recipe = 'fp4-paper'): TrainingState =>
  createTrainingState({ ...config, ...changes }, model, findRecipe(recipe), tokensInMemory(tokens));

async function train(state: TrainingState, steps: number, changes: Partial<TrainConfig> = {}) {
  const results: StepResult[] = [];
  for (let step = 0; step < steps; step++)
    results.push(await readOutcome(trainStep(state, { ...config, ...changes }, 2e-3)));
  return results;
}

async function weightsOf(state: TrainingState): Promise<Uint32Array[]> {
  const weights: Uint32Array[] = [];
  for (const parameter of state.parameters.values())
    weights.push(bitsOf((await readFloats(parameter)).slice()));
  return weights;
}

describe.each(testBackends.filter((backend) => backend !== 'cpu'))('optimizer options on %s', (backend) => {
  beforeAll(() => useBackend(backend));

  // Of the recipes, those with random numbers, a late switch and trained clip factors have something to lose.
  it.each(['fp4-paper', 'fp4-paper-int8', 'int4-channel', 'nvfp4'])(
    'come through a checkpoint to the bits of the uninterrupted run, with %s',
    async (recipe) => {
      await expectNoLeaks(async () => {
        const steps = { steps: 5 };
        const [whole, first, second] = [fresh(steps, recipe), fresh(steps, recipe), fresh(steps, recipe)];
        const wanted = await train(whole, 5);
        expect(wanted.map(({ skippedUpdates }) => skippedUpdates)).toEqual([0, 0, 0, 0, 0]);
        await train(first, 2);
        await saveCheckpoint(diskStorage(dir), 2, first, { dataSha256: '', wholeText: true, seconds: 0 });
        restoreState(second, loadCheckpoint(dir));
        expect(await train(second, 3)).toEqual(wanted.slice(2));
        expect(await weightsOf(second)).toEqual(await weightsOf(whole));
        for (const state of [whole, first, second]) state.dispose();
      });
    },
  );
});

describe('optimizer options', () => {
  beforeAll(() => useBackend('wasm'));

  it('follow the losses of float32 within 1 %', async () => {
    const float: Partial<TrainConfig> = { moments: 'f32', gradientSums: 'f32', skipSpikes: 0 };
    const [coded, plain] = [fresh(), fresh(float)];
    const [found, wanted] = [await train(coded, 30), await train(plain, 30, float)];
    expect(wanted.at(-1)!.loss).toBeLessThan(wanted[0]!.loss - 0.2);
    for (const [step, { loss }] of found.entries())
      expect(Math.abs(loss / wanted[step]!.loss - 1)).toBeLessThan(0.01);
    expect(found.at(-1)!.loss).not.toBe(wanted.at(-1)!.loss);
    coded.dispose();
    plain.dispose();
  });

  it('leave out updates that stand out, from half a window on', async () => {
    const changes: Partial<TrainConfig> = { skipSpikes: 1, gradientAccumulation: 1, batchSize: 1 };
    const state = fresh(changes);
    const counts = (await train(state, 90, changes)).map(({ skippedUpdates }) => skippedUpdates!);
    expect(counts.slice(0, 64)).toEqual(Array.from({ length: 64 }, () => 0));
    expect(counts.at(-1)).toBeGreaterThan(0);
    expect(counts.at(-1)).toBeLessThan(26);
    state.dispose();
  });

  it('refuse a checkpoint of other moments', async () => {
    const [coded, plain] = [fresh(), fresh({ moments: 'f32' })];
    await train(coded, 1);
    await saveCheckpoint(diskStorage(dir), 1, coded, { dataSha256: '', wholeText: true, seconds: 0 });
    expect(() => restoreState(plain, loadCheckpoint(dir))).toThrow(/exp_avg must be float32, but got int32/);
    coded.dispose();
    plain.dispose();
  });
});
