import { disposeFp4, fp4Quantize } from '@nibble-ml/fp4-gemm';
import {
  bitsOf,
  expectNoLeaks,
  gpuSession,
  normalFloats,
  readFloats,
  readInts,
  testBackends,
  useBackend,
} from '@nibble-ml/testing';
import { tensor2d, tidy, transpose, variable } from '@tensorflow/tfjs-core';
import type { Tensor2D, Variable } from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it, vi } from 'vitest';
import { findRecipe } from '../find-recipe.ts';
import { WeightCache } from './weight-cache.ts';

const { layer } = findRecipe('fp4-paper');
const [N, K] = [6, 40];

function values(seed: number): Tensor2D {
  return tensor2d(normalFloats(N * K, seed), [N, K]);
}

function weight(seed: number): Variable {
  return tidy(() => variable(values(seed)));
}

function change(w: Variable, seed: number): void {
  tidy(() => w.assign(values(seed)));
}

/** Asks for everything that a step needs of a weight, which must be that of its present values. */
async function expectFresh(cache: WeightCache, w: Variable): Promise<void> {
  const wNK = w as unknown as Tensor2D;
  const entry = cache.get(wNK, layer);
  const packed = entry.packed()!;
  const expected = fp4Quantize(wNK);
  expect(await readInts(packed.codes)).toEqual(await readInts(expected.codes));
  expect(bitsOf(await readFloats(packed.scales))).toEqual(bitsOf(await readFloats(expected.scales)));
  disposeFp4(expected);
  const turned = transpose(wNK);
  expect(bitsOf(await readFloats(entry.transposed('f32')))).toEqual(bitsOf(await readFloats(turned)));
  turned.dispose();
}

describe.each(testBackends)('WeightCache on %s', (backend) => {
  beforeAll(() => useBackend(backend));

  it('makes what is derived from weights anew when they have changed, whether they were used before or not', async () => {
    await expectNoLeaks(async () => {
      const cache = new WeightCache();
      const [a, b, c] = [weight(1), weight(2), weight(3)];
      await expectFresh(cache, a);
      await expectFresh(cache, b);
      for (const [seed, w] of [a, b, c].entries()) change(w, 10 + seed);
      cache.clear();
      for (const w of [c, b, a]) await expectFresh(cache, w);
      // Nothing is used before the weights change again, and again.
      cache.clear();
      cache.clear();
      change(a, 20);
      await expectFresh(cache, a);
      cache.clear();
      for (const w of [a, b, c]) w.dispose();
    });
  });
  it('leaves weights alone that were disposed after they had been used', async () => {
    await expectNoLeaks(async () => {
      const cache = new WeightCache();
      const [a, b] = [weight(1), weight(2)];
      for (const w of [a, b]) await expectFresh(cache, w);
      cache.clear();
      a.dispose();
      change(b, 5);
      await expectFresh(cache, b);
      cache.clear();
      b.dispose();
    });
  });
  it.runIf(backend === 'webgpu')(
    'takes one dispatch for several weights from the second step on, of those used in the first',
    () => {
      const { device } = gpuSession()!;
      const cache = new WeightCache();
      const [a, b, idle] = [weight(1), weight(2), weight(3)];
      // Each dispatch binds its buffers.
      const bindings = vi.spyOn(device, 'createBindGroup');
      const use = (...weights: Variable[]): number => {
        bindings.mockClear();
        tidy(() => {
          for (const w of weights) {
            const entry = cache.get(w as unknown as Tensor2D, layer);
            entry.packed();
            entry.transposed('f32');
          }
        });
        return bindings.mock.calls.filter(([{ label }]) => label?.startsWith('Fp4Quantize')).length;
      };
      expect(use(a, b, idle)).toBe(3);
      cache.clear();
      const most = Math.floor(device.limits.maxStorageBuffersPerShaderStage / 4);
      expect(use(a)).toBe(most >= 3 ? 1 : 2);
      expect(use(b)).toBe(0);
      cache.clear();
      expect(use(a, b)).toBe(1);
      cache.clear();
      bindings.mockRestore();
      for (const w of [a, b, idle]) w.dispose();
    },
  );
});
