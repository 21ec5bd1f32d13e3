import { memory, tensor as makeTensor, tensor2d } from '@tensorflow/tfjs-core';
import type { Tensor2D } from '@tensorflow/tfjs-core';
import {
  bitsOf,
  expectNoLeaks,
  normalFloats,
  readFloats,
  seededRandom,
  testBackends,
  useBackend,
} from '@nibble-ml/testing';
import { beforeAll, describe, expect, it } from 'vitest';
import { innerProduct } from '../../test/expect-gradient.ts';
import { referenceGradients } from '../../test/reference-gradients.ts';
import { referenceLoss } from '../../test/reference-loss.ts';
import { SCALINGS } from '../../test/rope-scalings.ts';
import { trainSteps } from '../../test/train-steps.ts';
import { countParameters } from '../config/count-parameters.ts';
import type { LlamaConfig } from '../config/llama-config.ts';
import { findModel } from '../config/model-zoo.ts';
import { createLlama } from './create-llama.ts';
import type { Llama } from './create-llama.ts';
import { denseLinear } from './dense-linear.ts';
import type { LinearSite } from './linear-op.ts';
import { valueAndGrads } from './value-and-grads.ts';

const ODD: LlamaConfig = {
  name: 'odd',
  vocabSize: 37,
  dim: 15,
  nLayers: 2,
  nHeads: 4,
  nKvHeads: 2,
  headDim: 6,
  ffnDim: 13,
  context: 11,
  ropeTheta: 1000,
  normEps: 1e-5,
  tiedEmbeddings: false,
};

// Compiling tfjs's own matrix products for a software adapter takes seconds each; even sizes need one kind fewer.
const EVEN: LlamaConfig = { ...ODD, name: 'even', vocabSize: 36, dim: 16, headDim: 8, ffnDim: 12 };

// The first run on a machine compiles shaders, with other work beside it.
const TIMEOUT = 400_000;

function someTokens(
  batch: number,
  context: number,
  vocabSize: number,
): { tokens: Int32Array; targets: Int32Array } {
  const random = seededRandom(5);
  const ids = Int32Array.from({ length: batch * context + 1 }, () => Math.floor(random() * vocabSize));
  return { tokens: ids.slice(0, -1), targets: ids.slice(1) };
}

function batchOf(values: Int32Array, batch: number): Tensor2D {
  return tensor2d(values, [batch, values.length / batch], 'int32');
}

/** Weights drawn wider than they start, and gains that differ, so that no gradient is negligible. */
async function widen(model: Llama): Promise<Map<string, Float64Array>> {
  const random = seededRandom(11);
  const values = new Map<string, Float64Array>();
  for (const [name, variable] of model.parameters) {
    const spread = name.endsWith('norm.weight') ? 1 : 10;
    const wide = ((await variable.data()) as Float32Array).map(
      (drawn) => drawn * spread + 0.2 * (random() - 0.5),
    );
    const next = makeTensor(wide, variable.shape);
    variable.assign(next);
    next.dispose();
    values.set(name, Float64Array.from(wide));
  }
  return values;
}

describe.each(testBackends)('a model on %s', { timeout: TIMEOUT }, (backend) => {
  beforeAll(() => useBackend(backend));
  const base = backend === 'webgpu' ? EVEN : ODD;

  it.each<Pick<LlamaConfig, 'tiedEmbeddings' | 'ropeScaling'>>([
    { tiedEmbeddings: false },
    { tiedEmbeddings: true },
    { tiedEmbeddings: false, ropeScaling: SCALINGS.llama3 },
    { tiedEmbeddings: true, ropeScaling: SCALINGS.yarn },
  ])(
    'has the loss and the gradients of a float64 reference (tied: $tiedEmbeddings, angles: $ropeScaling.type)',
    async (variant) => {
      const config = { ...base, ...variant };
      const { tokens, targets } = someTokens(4, 7, config.vocabSize);
      await expectNoLeaks(async () => {
        const model = createLlama(config, { seed: 3 });
        const parameters = await widen(model);
        const [tokensBT, targetsBT] = [batchOf(tokens, 4), batchOf(targets, 4)];
        const { value, grads } = valueAndGrads(
          () => model.loss(tokensBT, targetsBT, denseLinear),
          model.parameters,
        );
        const lossAt = (changed: ReadonlyMap<string, Float64Array>): number =>
          referenceLoss(config, changed, tokens, targets, 4);
        const expected = lossAt(parameters);
        expect(Math.abs((await readFloats(value))[0]! - expected)).toBeLessThan(1e-5 * expected);

        expect([...grads.keys()]).toEqual([...model.parameters.keys()]);
        const references = referenceGradients(config, parameters, tokens, targets, 4);
        const direction = new Map<string, Float64Array>();
        let slope = 0;
        for (const [i, [name, gradient]] of [...grads].entries()) {
          const grad = await readFloats(gradient);
          const reference = references.get(name)!;
          const error = Math.hypot(...reference.map((exact, at) => grad[at]! - exact));
          expect(error, `gradient of ${name}`).toBeLessThan(1e-4 * Math.hypot(...reference));
          const along = Float64Array.from(normalFloats(grad.length, 50 + i));
          direction.set(name, along);
          slope += innerProduct(grad, along);
          gradient.dispose();
        }
        // Along a random direction of all parameters, the loss of the reference changes at the rate of the gradients.
        const step = 1e-6;
        const moved = (sign: number): number =>
          lossAt(
            new Map(
              [...parameters].map(([name, at]) => [
                name,
                at.map((x, i) => x + sign * step * direction.get(name)![i]!),
              ]),
            ),
          );
        expect(Math.abs((moved(1) - moved(-1)) / (2 * step) - slope)).toBeLessThan(1e-4 * Math.abs(slope));
        for (const tensor of [value, tokensBT, targetsBT]) tensor.dispose();
        model.dispose();
      });
    },
  );

  it('gives the same bits for the same seed, and holds as many tensors after each step', async () => {
    const { tokens, targets } = someTokens(2, 10, base.vocabSize);
    const runs: number[][] = [];
    for (let run = 0; run < 2; run++) {
      const model = createLlama(base, { seed: 8 });
      const [tokensBT, targetsBT] = [batchOf(tokens, 2), batchOf(targets, 2)];
      const losses = await trainSteps(model, tokensBT, targetsBT, 1, 0.3);
      const { numTensors } = memory();
      for (let step = 0; step < 3; step++) {
        losses.push(...(await trainSteps(model, tokensBT, targetsBT, 1, 0.3)));
        expect(memory().numTensors).toBe(numTensors);
      }
      runs.push(losses);
      for (const tensor of [tokensBT, targetsBT]) tensor.dispose();
      model.dispose();
    }
    expect(runs[1]).toEqual(runs[0]);
    expect(runs[0]![3]).toBeLessThan(runs[0]![0]!);
  });

  it('has the same bits when blocks are run again for their gradients', async () => {
    await expectNoLeaks(async () => {
      const { tokens, targets } = someTokens(2, 10, base.vocabSize);
      const [tokensBT, targetsBT] = [batchOf(tokens, 2), batchOf(targets, 2)];
      const runs: Float32Array[][] = [];
      for (const checkpointing of ['none', 'block'] as const) {
        const model = createLlama(base, { seed: 8, checkpointing });
        const { value, grads } = valueAndGrads(
          () => model.loss(tokensBT, targetsBT, denseLinear),
          model.parameters,
        );
        expect([...grads.keys()]).toEqual([...model.parameters.keys()]);
        const results = [value, ...grads.values()];
        runs.push(await Promise.all(results.map(readFloats)));
        for (const tensor of results) tensor.dispose();
        model.dispose();
      }
      expect(runs[1]!.map(bitsOf)).toEqual(runs[0]!.map(bitsOf));
      for (const tensor of [tokensBT, targetsBT]) tensor.dispose();
    });
  });

  it('asks for each linear layer by role and block', () => {
    const model = createLlama(base, { seed: 1 });
    const tokensBT = batchOf(someTokens(1, 4, base.vocabSize).tokens, 1);
    const sites: LinearSite[] = [];
    const logits = model.forward(tokensBT, (x, w, site) => {
      sites.push(site);
      return denseLinear(x, w, site);
    });
    expect(logits.shape).toEqual([4, base.vocabSize]);
    expect(sites).toEqual([
      ...[0, 1].flatMap((block) => (['qkv', 'o', 'fc1', 'fc2'] as const).map((role) => ({ role, block }))),
      { role: 'head', block: null },
    ]);
    logits.dispose();
    tokensBT.dispose();
    model.dispose();
  });
});

describe('createLlama', () => {
  beforeAll(() => useBackend('cpu'));

  it('names and counts its parameters, and frees them', async () => {
    await expectNoLeaks(async () => {
      const model = createLlama(ODD, { seed: 1 });
      expect([...model.parameters].slice(0, 4).map(([name, { shape }]) => [name, shape])).toEqual([
        ['embedding.weight', [37, 15]],
        ['blocks.0.attention.norm.weight', [15]],
        ['blocks.0.attention.qkv.weight', [48, 15]],
        ['blocks.0.attention.output.weight', [15, 24]],
      ]);
      const total = [...model.parameters.values()].reduce((sum, { size }) => sum + size, 0);
      expect(total).toBe(countParameters(ODD).total);
      model.dispose();
    });
  });

  it('starts from the seed: ones, 0.02, and 0.02 / sqrt(2 nLayers) towards the residual stream', async () => {
    const models = [1, 1, 2].map((seed) => createLlama(findModel('micro'), { seed }));
    const values = async (model: Llama, name: string): Promise<Float32Array> =>
      (await model.parameters.get(name)!.data()) as Float32Array;
    const deviation = (array: Float32Array): number =>
      Math.sqrt(array.reduce((sum, x) => sum + x * x, 0) / array.length);
    const [a, b, c] = await Promise.all(models.map((model) => values(model, 'blocks.1.mlp.down.weight')));
    expect(bitsOf(b!)).toEqual(bitsOf(a!));
    expect(bitsOf(c!)).not.toEqual(bitsOf(a!));
    expect(deviation(a!)).toBeCloseTo(0.02 / Math.sqrt(4), 3);
    expect(deviation(await values(models[0]!, 'embedding.weight'))).toBeCloseTo(0.02, 3);
    expect((await values(models[0]!, 'norm.weight')).every((value) => value === 1)).toBe(true);
    for (const model of models) model.dispose();
  });

  it('refuses what does not fit', () => {
    expect(() => createLlama({ ...ODD, nKvHeads: 3 }, { seed: 1 })).toThrow(RangeError);
    expect(() => createLlama(ODD, { seed: 0.5 })).toThrow(
      'createLlama: seed must be an integer, but got 0.5',
    );
    expect(() => createLlama(ODD, { seed: 1, checkpointing: 'all' as 'none' })).toThrow(
      'createLlama: checkpointing must be one of none, block, but got all',
    );
    const model = createLlama(ODD, { seed: 1 });
    const [long, tokens, floats] = [
      tensor2d(new Int32Array(12), [1, 12], 'int32'),
      tensor2d(new Int32Array(4), [2, 2], 'int32'),
      tensor2d([[0, 1]]),
    ];
    expect(() => model.forward(long, denseLinear)).toThrow(
      "Llama.forward: sequences must have 1 to 11 tokens, the model's context, but got shape [1, 12]; cut them",
    );
    expect(() => model.forward(floats, denseLinear)).toThrow(TypeError);
    expect(() => model.loss(tokens, long, denseLinear)).toThrow(
      'Llama.loss: there must be one target per token',
    );
    for (const tensor of [long, tokens, floats]) tensor.dispose();
    model.dispose();
  });
});

describe.skipIf(!testBackends.includes('wasm'))('training on wasm', () => {
  beforeAll(() => useBackend('wasm'));

  it('learns a repeated sequence by heart', async () => {
    const model = createLlama(findModel('nano'), { seed: 1 });
    const sequence = Int32Array.from({ length: 65 }, (_, i) => (i % 13) ** 2 % 251);
    const [tokensBT, targetsBT] = [batchOf(sequence.slice(0, 64), 1), batchOf(sequence.slice(1), 1)];
    const losses = await trainSteps(model, tokensBT, targetsBT, 60, 0.5);
    expect(losses[0]).toBeCloseTo(Math.log(256), 0);
    expect(losses.at(-1)).toBeLessThan(0.05);
    for (const tensor of [tokensBT, targetsBT]) tensor.dispose();
    model.dispose();
  });
});
