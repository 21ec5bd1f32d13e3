import { grads, tensor1d, tensor2d, tidy } from '@tensorflow/tfjs-core';
import type { Tensor, Tensor2D } from '@tensorflow/tfjs-core';
import { normalFloats, readFloats, useBackend } from '@nibble-ml/testing';
import * as fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { layerReference } from '../test/layer-reference.ts';
import { matrix, worstError } from '../test/matrix.ts';
import { createLinears } from './create-linears.ts';
import { findRecipe } from './find-recipe.ts';
import type { LayerPrecision } from './layer-precision.ts';
import { parseRecipe } from './parse-recipe.ts';
import type { Recipe } from './recipe.ts';

const [M, K, N] = [10, 72, 12];
const x = normalFloats(M * K, 1).map((value) => value * Math.abs(value));
const w = normalFloats(N * K, 2, 0.02);
const dy = normalFloats(M * N, 3);
const SITE = { role: 'fc1', block: 0 } as const;
const CLIP = 0.8;

const element = fc.constantFrom('e2m1', 'e2m1', 'e2m1', 'e1m2', 'e3m0', 'int4', 'int8', 'e4m3', 'e5m2');
const scale = fc.constantFrom('exact', 'exact', 'powerOfTwo', 'e8m0Floor', 'e8m0Ceil', 'e4m3', 'quest');
const blocks = fc.constantFrom(
  { block: 8 },
  { block: 12 },
  { block: 16 },
  { block: 32 },
  { block: [4, 8] },
  { block: 512 },
);
const unscaled = fc.constantFrom({ format: 'f32' }, { format: 'bf16' });
const size = fc.constantFrom(16, 32, 64, 128);

const weights = fc.oneof(
  { weight: 1, arbitrary: unscaled },
  {
    weight: 5,
    arbitrary: fc.record({
      format: element,
      granularity: fc.oneof(fc.constantFrom('channel', 'tensor'), blocks),
      scale,
      estimator: fc.constantFrom(
        { name: 'straightThrough' },
        { name: 'straightThrough' },
        { name: 'dge', k: 3, clip: 3 },
      ),
    }),
  },
);
const activations = fc.oneof(
  { weight: 1, arbitrary: unscaled },
  {
    weight: 5,
    arbitrary: fc.record({
      format: element,
      granularity: fc.oneof(fc.constantFrom('token', 'tensor'), blocks),
      scale,
      outliers: fc.constantFrom(
        null,
        null,
        { alpha: 0.9, compensation: 'f32' },
        { alpha: 0.9, compensation: null },
      ),
      clip: fc.constantFrom(null, null, 'learned'),
    }),
  },
);
const requantized = fc.record({
  format: element,
  of: fc.constantFrom('original', 'forward'),
  granularity: fc.oneof(fc.constantFrom('vector', 'tensor'), blocks),
  scale,
  headroom: fc.constantFrom(1, 4 / 3),
  rounding: fc.constantFrom('nearestEven', 'stochastic'),
});
const gradient = fc.oneof(
  unscaled,
  requantized.map((operand) => Object.assign(operand, { of: 'original' })),
);
const other = fc.oneof(unscaled, fc.constant({ format: 'asForward' }), requantized);
const random = fc.option(fc.record({ size, signs: fc.constantFrom('fixed', 'fresh') }));
const layers = fc.record({
  weights,
  activations,
  gradients: fc.oneof(
    fc.constant({ format: 'f32' }),
    fc.record({
      format: fc.constant('perProduct'),
      dgrad: fc.record({ gradient, weights: other, hadamard: random }),
      wgrad: fc.record({ gradient, activations: other, hadamard: random }),
    }),
  ),
  hadamard: fc.option(size, { freq: 4 }),
});

describe('any recipe that parseRecipe takes', () => {
  beforeAll(() => useBackend('cpu'));

  it('runs, and computes what it says', async () => {
    let ran = 0;
    await fc.assert(
      fc.asyncProperty(layers, async (layer) => {
        const recipe = parsed(layer);
        fc.pre(recipe !== undefined);
        ran++;
        await expectDefinition(recipe!);
      }),
      { seed: 20261122, numRuns: 250, maxSkipsPerRun: 100 },
    );
    expect(ran).toBe(250);
  });
});

/** A recipe of this layer, or undefined where it is refused. */
function parsed(layer: unknown): Recipe | undefined {
  try {
    return parseRecipe({ ...findRecipe('bf16'), name: 'any', layer });
  } catch (error) {
    if (error instanceof RangeError) return undefined;
    throw error;
  }
}

async function expectDefinition(recipe: Recipe): Promise<void> {
  const { layer } = recipe;
  const inFeatures = { qkv: K, o: K, fc1: K, fc2: K, head: K };
  const linears = createLinears(recipe, { seed: 3, model: { blocks: 1, inFeatures } });
  const clip = linears.parameters.get('blocks.0.fc1.clip');
  const factors = clip === undefined ? undefined : new Float32Array(clip.size).fill(CLIP);
  if (clip !== undefined) tidy(() => clip.assign(tensor1d(factors!)));
  const want = layerReference(layer, {
    x: matrix(x, M, K),
    w: matrix(w, N, K),
    dy: matrix(dy, M, N),
    clip: factors,
    seed: 3,
    step: 0,
  });
  const [xMK, wNK, dyMN] = [tensor2d(x, [M, K]), tensor2d(w, [N, K]), tensor2d(dy, [M, N])];
  const linear = (a: Tensor, b: Tensor): Tensor => linears.linear(a as Tensor2D, b as Tensor2D, SITE);
  const y = tidy(() => linear(xMK, wNK));
  const all = clip === undefined ? [xMK, wNK] : [xMK, wNK, clip as Tensor];
  const [dx, dw, dclip] = tidy(() => grads(linear as (...tensors: Tensor[]) => Tensor)(all, dyMN));
  expect(worstError(await readFloats(y), want.y)).toBeLessThan(1e-5);
  expect(worstError(await readFloats(dx!), want.dx)).toBeLessThan(1e-5);
  expect(worstError(await readFloats(dw!), want.dw)).toBeLessThan(toleranceOf(layer));
  const gotClip = dclip === undefined ? new Float32Array() : await readFloats(dclip);
  expect(worstError(gotClip, matrix(want.dclip, 1, want.dclip.length))).toBeLessThan(1e-4);
  for (const tensor of [xMK, wNK, dyMN, y, dx!, dw!]) tensor.dispose();
  dclip?.dispose();
  linears.dispose();
}

/** The surrogate's derivative is ill-conditioned next to the middle of an interval, where the clip acts. */
function toleranceOf({ weights: used }: LayerPrecision): number {
  return 'estimator' in used && used.estimator.name === 'dge' ? 2e-4 : 1e-5;
}
