import { clone, keep, tidy } from '@tensorflow/tfjs-core';
import type { Tensor2D } from '@tensorflow/tfjs-core';
import { fakeQuantize, sqnrDecibels } from '@nibble-ml/fp4-format';
import { findModel } from '@nibble-ml/llama';
import type { LinearOp } from '@nibble-ml/llama';
import { findRecipe } from '@nibble-ml/recipes';
import { expectNoLeaks, readFloats, seededRandom, testBackends, useBackend } from '@nibble-ml/testing';
import { beforeAll, describe, expect, it } from 'vitest';
import { defaultConfig } from '../../config/train-config.ts';
import type { TrainConfig } from '../../config/train-config.ts';
import { tokensInMemory } from '../../data/token-source.ts';
import { clampAndQuantize } from '../../paper/clamp-and-quantize.ts';
import { batchTensors } from '../batch-tensors.ts';
import { readOutcome, trainStep } from '../train-step.ts';
import { createTrainingState } from '../training-state.ts';
import type { TrainingState } from '../training-state.ts';
import { fixedBatch } from './fixed-batch.ts';
import { measureLayers } from './layer-statistics.ts';
import { layersSchema } from './layers-record.ts';
import type { LayersRecord } from './layers-record.ts';
import { weightHistogram } from './weight-histogram.ts';

const ALPHA = 0.95;
const config: TrainConfig = { ...defaultConfig, context: 16, batchSize: 3, steps: 4 };
const model = { ...findModel('nano'), context: config.context, vocabSize: 96 };
const random = seededRandom(3);
const tokens = tokensInMemory(Int32Array.from({ length: 900 }, () => Math.floor(random() * 96)));

const stateOf = (recipe: string): TrainingState =>
  createTrainingState(config, model, findRecipe(recipe), tokens);
const measure = (state: TrainingState, step = 0): Promise<LayersRecord> =>
  measureLayers({
    model: state.model,
    linears: state.linears,
    tokens,
    batchSize: config.batchSize,
    context: config.context,
    step,
  });

interface Operands {
  readonly x: Float32Array;
  readonly w: Float32Array;
  readonly shape: readonly [m: number, n: number, k: number];
}

/** The operands of the layers on the fixed batch, read back. */
async function operandsOf(state: TrainingState): Promise<Operands[]> {
  const batch = fixedBatch(tokens, config.context, config.batchSize);
  const seen: [Tensor2D, Tensor2D][] = [];
  const traced: LinearOp = (xMK, wNK, site) => {
    if (site.block !== null) seen.push([keep(clone(xMK)), wNK]);
    return state.linears.linear(xMK, wNK, site);
  };
  tidy(() => {
    const { inputsBT, targetsBT } = batchTensors(batch, batch.windows);
    state.model.loss(inputsBT, targetsBT, traced);
  });
  const read: Operands[] = [];
  for (const [x, w] of seen) {
    read.push({
      x: (await readFloats(x)).slice(),
      w: (await readFloats(w)).slice(),
      shape: [x.shape[0], w.shape[0], w.shape[1]],
    });
    x.dispose();
  }
  return read;
}

function expectOnly(values: readonly unknown[], wanted: unknown): void {
  expect([...new Set(values)]).toEqual([wanted]);
}

describe.each(testBackends)('measureLayers on %s', (backend) => {
  beforeAll(() => useBackend(backend));

  it('agrees with the definition of the quantizers on typed arrays', async () => {
    const { record, operands } = await expectNoLeaks(async () => {
      const state = stateOf(`fp4-paper-alpha${ALPHA}`);
      const found = { record: await measure(state, 7), operands: await operandsOf(state) };
      state.dispose();
      return found;
    });
    expect(layersSchema.parse(JSON.parse(JSON.stringify(record)))).toEqual(record);
    expect(record).toMatchObject({ type: 'layers', step: 7, tokens: 48 });
    expect(record.layers.map(({ role, block }) => `${role} ${block}`)).toEqual(
      [0, 1].flatMap((block) => ['qkv', 'o', 'fc1', 'fc2'].map((role) => `${role} ${block}`)),
    );
    for (const [i, layer] of record.layers.entries()) {
      const {
        x,
        w,
        shape: [m, n, k],
      } = operands[i]!;
      const activations = clampAndQuantize(
        { values: x, rows: m, cols: k },
        { alpha: ALPHA, compensation: true, share: 'token' },
      );
      expect(layer.activationsDecibels).toBeCloseTo(sqnrDecibels(x, activations.result), 3);
      expect(layer.outlierShare).toBeCloseTo(activations.density, 6);
      expect(layer.outlierShare).toBeGreaterThan(0);
      expect(layer.weightsDecibels).toBeCloseTo(sqnrDecibels(w, fakeQuantize(w, n, k)), 3);
      expect(layer.histogram).toEqual(weightHistogram(w, n, k));
    }
  });

  it.each(['f32', 'fp4-occ-alpha0.95bare', 'quartet', 'int4-channel'])(
    'says of %s what it rounds',
    async (name) => {
      const { layers } = await expectNoLeaks(async () => {
        const state = stateOf(name);
        const record = await measure(state);
        state.dispose();
        return record;
      });
      const decibels = layers.flatMap((layer) => [layer.weightsDecibels, layer.activationsDecibels]);
      expectOnly(
        decibels.map((value) => value === null),
        name === 'f32',
      );
      expect(Math.min(...decibels.map((value) => value ?? Infinity))).toBeGreaterThan(7);
      expectOnly(
        layers.map(({ outlierShare }) => outlierShare !== null),
        name.includes('occ'),
      );
    },
  );

  it('does not change the bits of training', async () => {
    const train = async (isMeasured: boolean): Promise<unknown[]> => {
      // Stochastic rounding, random signs and learned factors: whatever measuring could disturb.
      const state = stateOf('quartet');
      const outcomes: unknown[] = [];
      for (let step = 1; step <= config.steps; step++) {
        outcomes.push(await readOutcome(trainStep(state, config, 3e-3)));
        if (isMeasured) await measure(state, step);
      }
      for (const parameter of state.parameters.values()) outcomes.push([...(await parameter.data())]);
      state.dispose();
      return outcomes;
    };
    expect(await train(true)).toEqual(await train(false));
  });
});

describe('fixedBatch', () => {
  it('is spread over the text, at most 1024 tokens and at least one window', () => {
    const text = tokensInMemory(Int32Array.from({ length: 5000 }, (_, i) => i));
    expect(fixedBatch(text, 16, 8)).toMatchObject({ windows: 8 });
    expect([...fixedBatch(text, 16, 8).inputs].filter((_, i) => i % 16 === 0)).toEqual(
      [0, 39, 78, 117, 156, 195, 234, 273].map((window) => window * 16),
    );
    expect(fixedBatch(text, 256, 64).windows).toBe(4);
    expect(fixedBatch(text, 4000, 64).windows).toBe(1);
  });
});

describe('weightHistogram', () => {
  it('has the row maximum at 6, bins that begin at their lower edge, and counts every weight', () => {
    const counts = weightHistogram(Float32Array.of(-6, 0, 0.25, 6, 2, 1, -1, -0.001), 2, 4);
    const bins = counts.flatMap((count, bin) => (count > 0 ? [[bin * 0.25 - 6, count]] : []));
    expect(bins).toEqual([
      [-6, 1],
      [-3, 1],
      [-0.25, 1],
      [0, 1],
      [0.25, 1],
      [3, 1],
      [5.75, 2],
    ]);
    expect(weightHistogram(new Float32Array(4), 2, 2)[24]).toBe(4);
  });
});
