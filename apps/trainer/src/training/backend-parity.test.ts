import { clone, keep, tensor2d, tidy } from '@tensorflow/tfjs-core';
import type { Tensor2D } from '@tensorflow/tfjs-core';
import { disposeFp4, fp4MatMul, fp4Quantize } from '@nibble-ml/fp4-gemm';
import { findModel } from '@nibble-ml/llama';
import type { LinearOp } from '@nibble-ml/llama';
import { disposeSparseRows, occQuantize } from '@nibble-ml/occ';
import { warmupCosine } from '@nibble-ml/optim';
import { findRecipe } from '@nibble-ml/recipes';
import type { Recipe } from '@nibble-ml/recipes';
import {
  bitsOf,
  expectNoLeaks,
  gpuSession,
  readFloats,
  seededRandom,
  testBackends,
  useBackend,
} from '@nibble-ml/testing';
import type { TestBackend } from '@nibble-ml/testing';
import { beforeAll, describe, expect, it } from 'vitest';
import { defaultConfig } from '../config/train-config.ts';
import type { TrainConfig } from '../config/train-config.ts';
import { batchTensors } from './batch-tensors.ts';
import { readOutcome, trainStep } from './train-step.ts';
import { tokensInMemory } from '../data/token-source.ts';
import { createTrainingState } from './training-state.ts';

const STEPS = 30;
const ALPHA = 0.9;
const config: TrainConfig = { ...defaultConfig, context: 32, batchSize: 4, steps: STEPS, learningRate: 3e-3 };
const model = { ...findModel('nano'), context: config.context, vocabSize: 96 };
/** The paper's recipe with more outliers: at alpha = 0.99 a row as short as this model's has none. */
const recipe = findRecipe(`fp4-paper-alpha${ALPHA}`);

/** A text-like sequence: words of a small vocabulary in a random order, so that there is something to learn. */
const tokens = ((): Int32Array => {
  const random = seededRandom(5);
  const words = Array.from({ length: 40 }, () => Array.from({ length: 4 }, () => Math.floor(random() * 96)));
  return Int32Array.from(Array.from({ length: 800 }, () => words[Math.floor(random() * 40)]!).flat());
})();

interface StepRecord {
  readonly loss: number;
  readonly gradNorm: number;
}

interface LinearCall {
  readonly name: string;
  readonly x: Float32Array;
  readonly w: Float32Array;
  readonly shape: readonly [m: number, k: number, n: number];
}

/** Between them these have every op of fake-quant, and learned clip factors. */
const simulated = ['w8a4-occ-int8', 'int4-channel', 'nvfp4', 'quartet'];
const simulatedRecords = new Map<string, StepRecord[]>();
const records = new Map<TestBackend, StepRecord[]>();
const products = new Map<TestBackend, Uint32Array[]>();
let calls: LinearCall[];

describe.each(testBackends)('training on %s', (backend) => {
  beforeAll(async () => {
    // The operands are the cpu run's, so that every backend multiplies the same numbers.
    if (calls === undefined) {
      await useBackend('cpu');
      calls = await firstStepCalls();
    }
    await useBackend(backend);
  });

  it('gives the same bits as cpu for every forward FP4 product of the first step', async () => {
    expect(calls.map(({ name }) => name)).toEqual(
      [0, 1].flatMap((block) => ['qkv', 'o', 'fc1', 'fc2'].map((role) => `${role} ${block}`)),
    );
    await expectNoLeaks(async () => {
      const bits: Uint32Array[] = [];
      for (const call of calls) bits.push(await fp4Product(call));
      products.set(backend, bits);
    });
    expect(products.get(backend)).toEqual(products.get('cpu') ?? products.get(backend));
  });

  it(`gives the same losses and gradient norms as cpu over ${STEPS} steps, bit for bit`, async () => {
    const got = await expectNoLeaks(() => trainRecords());
    records.set(backend, got);
    expect(got.at(-1)!.loss).toBeLessThan(got[0]!.loss - 0.5);
    const wanted = records.get('cpu') ?? got;
    // A hardware GPU may fuse a * b + c, and FP4 rounding makes much of little: then only nearly.
    const isExact = backend !== 'webgpu' || gpuSession()!.software;
    const worst = Math.max(
      ...got.flatMap(({ loss, gradNorm }, i) => [
        Math.abs(loss - wanted[i]!.loss),
        isExact ? Math.abs(gradNorm - wanted[i]!.gradNorm) : 0,
      ]),
    );
    expect(worst).toBeLessThanOrEqual(isExact ? 0 : 5e-3);
  });

  it.each(simulated)('gives the same losses as cpu over 3 steps with %s, bit for bit', async (name) => {
    const got = await expectNoLeaks(() => trainRecords(findRecipe(name), 3));
    const wanted = simulatedRecords.get(name) ?? got;
    simulatedRecords.set(name, wanted);
    // As above.
    const isExact = backend !== 'webgpu' || gpuSession()!.software;
    for (const [i, { loss }] of got.entries()) {
      expect(Math.abs(loss - wanted[i]!.loss)).toBeLessThanOrEqual(isExact ? 0 : 5e-3);
    }
  });

  it('gives the same losses and gradient norms twice, bit for bit', async () => {
    expect(await trainRecords()).toEqual(records.get(backend));
  });
});

async function trainRecords(used: Recipe = recipe, steps: number = STEPS): Promise<StepRecord[]> {
  const state = createTrainingState(config, model, used, tokensInMemory(tokens));
  const rate = warmupCosine({ steps: STEPS, warmupSteps: 2, peak: config.learningRate });
  const found: StepRecord[] = [];
  for (let step = 0; step < steps; step++)
    found.push(await readOutcome(trainStep(state, config, rate(step))));
  state.dispose();
  return found;
}

/** The operands of every quantized linear layer in the first forward pass. */
async function firstStepCalls(): Promise<LinearCall[]> {
  const state = createTrainingState(config, model, recipe, tokensInMemory(tokens));
  const seen: { name: string; x: Tensor2D; w: Tensor2D }[] = [];
  const traced: LinearOp = (xMK, wNK, site) => {
    if (site.block !== null) seen.push({ name: `${site.role} ${site.block}`, x: keep(clone(xMK)), w: wNK });
    return state.linears.linear(xMK, wNK, site);
  };
  const { inputsBT, targetsBT } = batchTensors(state.batcher.next(), config.batchSize);
  tidy(() => state.model.loss(inputsBT, targetsBT, traced)).dispose();
  const found: LinearCall[] = [];
  for (const { name, x, w } of seen) {
    const shape = [x.shape[0], x.shape[1], w.shape[0]] as const;
    found.push({ name, x: (await readFloats(x)).slice(), w: (await readFloats(w)).slice(), shape });
    x.dispose();
  }
  inputsBT.dispose();
  targetsBT.dispose();
  state.dispose();
  return found;
}

async function fp4Product({ x, w, shape: [m, k, n] }: LinearCall): Promise<Uint32Array> {
  const [xMK, wNK] = [tensor2d(x, [m, k]), tensor2d(w, [n, k])];
  const { quantized, residual } = occQuantize(xMK, { alpha: ALPHA });
  const weights = fp4Quantize(wNK);
  const y = fp4MatMul(quantized, weights);
  const bits = bitsOf((await readFloats(y)).slice());
  for (const tensor of [xMK, wNK, y]) tensor.dispose();
  disposeFp4(quantized);
  disposeFp4(weights);
  if (residual !== null) disposeSparseRows(residual);
  return bits;
}
