import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fill, tidy } from '@tensorflow/tfjs-core';
import { countParameters, findModel } from '@nibble-ml/llama';
import { findRecipe } from '@nibble-ml/recipes';
import { throwOnGpuError } from '@nibble-ml/tfjs-bridge/webgpu';
import { gpuSession, testBackends, useBackend } from '@nibble-ml/testing';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { defaultConfig } from '../config/train-config.ts';
import type { TrainConfig } from '../config/train-config.ts';
import { defaultText } from '../data/default-text.ts';
import { prepareCorpus } from '../data/prepare-corpus.ts';
import { diskStorage } from './disk-storage.ts';
import { readMetrics } from '../run/metrics.ts';
import { latestCheckpoint } from '../run/read-checkpoint.ts';
import { EarlyStop } from './early-stop.ts';
import { nextTurn } from './next-turn.ts';
import { NonFiniteError } from './non-finite-error.ts';
import { silentObserver } from './train-observer.ts';
import { trainSteps } from './train-steps.ts';
import type { ActiveRun } from './active-run.ts';
import { createTrainingState } from './training-state.ts';

const config: TrainConfig = {
  ...defaultConfig,
  model: 'nano',
  context: 32,
  vocabSize: 300,
  batchSize: 2,
  steps: 4,
  checkpointEvery: 2,
  evalEvery: 3,
};
const text = { name: 'some of Moby-Dick', text: defaultText().text.slice(0, 40_000) };
const corpus = await prepareCorpus(text, config);
const never = new AbortController().signal;

let dir: string;
let events: string[];
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'nibble-steps-'));
  events = [];
});
afterEach(() => rmSync(dir, { recursive: true, force: true }));

function activeRun(name: 'wasm' | 'webgpu', changes: Partial<TrainConfig> = {}): ActiveRun {
  const model = { ...findModel('nano'), vocabSize: corpus.tokenizer.vocabSize, context: config.context };
  expect(countParameters(model).total).toBeGreaterThan(0);
  return {
    storage: diskStorage(dir),
    nextTurn,
    config: { ...config, ...changes },
    backend: {
      name,
      adapter: 'under test',
      reason: 'a test',
      checkErrors: () => {
        const session = gpuSession();
        if (name === 'webgpu' && session !== undefined) throwOnGpuError(session.device);
      },
    },
    corpus,
    state: createTrainingState({ ...config, ...changes }, model, findRecipe('fp4-paper'), corpus.train),
    observer: {
      ...silentObserver,
      step: ({ step }) => events.push(`step ${step}`),
      evaluation: ({ step }) => events.push(`evaluation ${step}`),
    },
    earlyStop: new EarlyStop(0),
    resumedAt: 0,
    secondsBefore: 0,
    clock: () => performance.now(),
    startedAt: performance.now(),
  };
}

describe('trainSteps', () => {
  it('reports every step in order, validates and keeps checkpoints', async () => {
    await useBackend('wasm');
    const run = activeRun('wasm');
    expect(await trainSteps(run, never)).toBe(4);
    expect(events).toEqual(['step 1', 'step 2', 'step 3', 'evaluation 3', 'step 4']);
    expect(latestCheckpoint(dir).step).toBe(4);
    const metrics = readMetrics(dir);
    expect(metrics.filter(({ type }) => type === 'step').map(({ step }) => step)).toEqual([1, 2, 3, 4]);
    for (const { tokensPerSecond } of metrics.filter(({ type }) => type === 'step')) {
      expect(tokensPerSecond).toBeGreaterThan(0);
    }
    run.state.dispose();
  });

  it('accumulates micro-batches, and reads their mean loss', async () => {
    await useBackend('wasm');
    const run = activeRun('wasm', { gradientAccumulation: 3, steps: 2 });
    expect(await trainSteps(run, never)).toBe(2);
    expect(run.state.batcher.state().cursor).toBe(2 * 3 * config.batchSize);
    run.state.dispose();
  });

  it('stops at a NaN, naming the step and the first tensor, and leaves the checkpoints alone', async () => {
    await useBackend('wasm');
    const run = activeRun('wasm');
    await trainSteps(run, never);
    const poisoned = run.state.model.parameters.get('blocks.1.attention.qkv.weight')!;
    tidy(() => poisoned.assign(fill(poisoned.shape, NaN)));
    run.state.linears.weightsChanged();
    const more: ActiveRun = { ...run, resumedAt: 4, config: { ...run.config, steps: 8 } };
    const error: unknown = await trainSteps(more, never).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(NonFiniteError);
    expect(error).toMatchObject({ step: 5, tensor: 'parameter blocks.1.attention.qkv.weight' });
    expect(latestCheckpoint(dir).step).toBe(4);
    expect(readMetrics(dir).at(-1)!['step']).toBe(4);
    run.state.dispose();
  });

  it.runIf(testBackends.includes('webgpu'))(
    'turns a lost device into an error, not into numbers',
    async () => {
      await useBackend('webgpu');
      const run = activeRun('webgpu');
      const controller = new AbortController();
      const observer = {
        ...run.observer,
        step: ({ step }: { step: number }) => {
          events.push(`step ${step}`);
          if (step === 2) gpuSession()!.device.destroy();
        },
      };
      await expect(trainSteps({ ...run, observer }, controller.signal)).rejects.toThrow(/device was lost/);
      expect(events.length).toBeLessThan(4);
    },
  );
});
