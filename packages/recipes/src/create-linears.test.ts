import { grads, tensor2d, tidy, variable } from '@tensorflow/tfjs-core';
import type { Tensor, Tensor2D } from '@tensorflow/tfjs-core';
import { dgeDerivative } from '@nibble-ml/dge';
import { dequantize, quantize } from '@nibble-ml/fp4-format';
import { clampOutliers } from '@nibble-ml/occ';
import { expectNoLeaks, normalFloats, readFloats, testBackends, useBackend } from '@nibble-ml/testing';
import { beforeAll, describe, expect, it } from 'vitest';
import { createLinears } from './create-linears.ts';
import type { Recipe } from './recipe.ts';
import { findRecipe, recipes } from './recipes.ts';
import { gradientFormats } from './with-gradients.ts';

const [M, K, N] = [19, 136, 23];
const x = heavyTailed(M * K, 1);
const w = normalFloats(N * K, 2, 0.02);
const dy = normalFloats(M * N, 3);

/** Errors of a product, as a share of its largest value, that rounding the gradient must and may cause. */
const gradientErrors = { f32: [0, 1e-5], int8: [1e-4, 0.02], e5m2: [1e-3, 0.1], nvfp4: [1e-2, 0.3] } as const;

interface Products {
  readonly y: Float64Array;
  readonly dx: Float64Array;
  readonly dw: Float64Array;
}

describe.each(testBackends)('createLinears on %s', (backend) => {
  beforeAll(() => useBackend(backend));

  it.each(
    [...recipes, ...gradientFormats.map((format) => findRecipe(`fp4-paper-${format}`))].map(
      (recipe) => [recipe.name, recipe] as const,
    ),
  )('%s: products as defined', async (_, recipe) => {
    const wanted = reference(recipe);
    await expectNoLeaks(async () => {
      const linears = createLinears(recipe);
      const [xMK, wNK, dyMN] = [tensor2d(x, [M, K]), tensor2d(w, [N, K]), tensor2d(dy, [M, N])];
      const linear = (a: Tensor, b: Tensor): Tensor =>
        linears.linear(a as Tensor2D, b as Tensor2D, { role: 'fc1', block: 0 });
      const y = tidy(() => linear(xMK, wNK));
      const [dx, dw] = tidy(() => grads(linear)([xMK, wNK], dyMN)) as [Tensor, Tensor];
      expect(worstError(await readFloats(y), wanted.y)).toBeLessThan(1e-5);
      const [least, most] = gradientErrors[recipe.gradients.format];
      const dxError = worstError(await readFloats(dx), wanted.dx);
      expect(dxError).toBeLessThan(most);
      expect(dxError).toBeGreaterThanOrEqual(least);
      // The surrogate's derivative is ill-conditioned next to the middle of an interval, where the clip acts.
      expect(worstError(await readFloats(dw), wanted.dw)).toBeLessThan(most + 2e-4);
      for (const tensor of [xMK, wNK, dyMN, y, dx, dw]) tensor.dispose();
      linears.dispose();
    });
  });

  it('draws the random numbers of a step again when it starts at that step, and others at another', async () => {
    await expectNoLeaks(async () => {
      const [xMK, wNK, dyMN] = [tensor2d(x, [M, K]), tensor2d(w, [N, K]), tensor2d(dy, [M, N])];
      const recipe = findRecipe('fp4-paper-int8');
      const gradient = async (stepsDone: number, seed: number): Promise<number[]> => {
        const linears = createLinears(recipe, { seed });
        linears.weightsChanged(stepsDone);
        const linear = (a: Tensor, b: Tensor): Tensor =>
          linears.linear(a as Tensor2D, b as Tensor2D, { role: 'fc1', block: 0 });
        const [dx, dw] = tidy(() => grads(linear)([xMK, wNK], dyMN)) as [Tensor, Tensor];
        const values = [...(await readFloats(dx)), ...(await readFloats(dw))];
        for (const tensor of [dx, dw]) tensor.dispose();
        linears.dispose();
        return values;
      };
      const first = await gradient(3, 1);
      expect(await gradient(3, 1)).toEqual(first);
      expect(await gradient(4, 1)).not.toEqual(first);
      expect(await gradient(3, 2)).not.toEqual(first);
      for (const tensor of [xMK, wNK, dyMN]) tensor.dispose();
    });
  });

  it('quantizes weights once, until they change', async () => {
    await expectNoLeaks(async () => {
      const linears = createLinears(recipes.find(({ name }) => name === 'fp4-paper')!);
      const xMK = tensor2d(x, [M, K]);
      const wNK = tidy(() => variable(tensor2d(w, [N, K])));
      const run = (): Promise<Float32Array> => {
        const y = tidy(() => linears.linear(xMK, wNK as unknown as Tensor2D, { role: 'o', block: 1 }));
        return readFloats(y).then((values) => (y.dispose(), values.slice()));
      };
      const first = await run();
      tidy(() =>
        wNK.assign(
          tensor2d(
            w.map((value) => 3 * value),
            [N, K],
          ),
        ),
      );
      expect(await run()).toEqual(first);
      linears.weightsChanged();
      expect(await run()).not.toEqual(first);
      linears.dispose();
      xMK.dispose();
      wNK.dispose();
    });
  });

  it('runs roles that the recipe does not list in f32, and says what ran where', async () => {
    const linears = createLinears(recipes.find(({ name }) => name === 'fp4-direct')!);
    const [xMK, wNK] = [tensor2d(x, [M, K]), tensor2d(w, [N, K])];
    const y = tidy(() => linears.linear(xMK, wNK, { role: 'head', block: null }));
    tidy(() => linears.linear(xMK, wNK, { role: 'qkv', block: 0 }));
    tidy(() => linears.linear(xMK, wNK, { role: 'qkv', block: 1 }));
    expect(worstError(await readFloats(y), multiply(x, w, M, K, N))).toBeLessThan(1e-5);
    expect(linears.gemms()).toEqual([
      { role: 'head', gemm: 'fprop', precision: 'f32 x f32, f32 sums', kernel: expect.any(String), backend },
      {
        role: 'qkv',
        gemm: 'fprop',
        precision: 'E2M1 x E2M1, exact integer sums',
        kernel: expect.any(String),
        backend,
      },
    ]);
    for (const tensor of [xMK, wNK, y]) tensor.dispose();
    linears.dispose();
  });
});

/** The definition, in float64 on dequantized operands. */
function reference(recipe: Recipe): Products {
  if (recipe.weights.format === 'f32' || recipe.activations.format === 'f32') {
    return { y: multiply(x, w, M, K, N), dx: multiplyDx(dy, w), dw: multiplyDw(dy, x) };
  }
  const { estimator } = recipe.weights;
  const granularity = recipe.weights.granularity === 'tensor' ? 'tensor' : 'vector';
  const outliers = recipe.activations.outliers;
  const clamped = outliers === null ? x : clampOutliers(x, M, K, outliers.alpha).clamped;
  const xq = dequantize(quantize(clamped, M, K, { granularity }));
  const wQuantized = quantize(w, N, K, { granularity });
  const wq = dequantize(wQuantized);
  const residual = x.map((value, i) => value - clamped[i]!);
  const scaleOf = (i: number): number => wQuantized.scales[granularity === 'tensor' ? 0 : Math.floor(i / K)]!;
  const slope = (i: number): number =>
    estimator.name === 'dge'
      ? dgeDerivative(w[i]! / scaleOf(i), { k: estimator.k, clip: estimator.clip })
      : 1;
  const sparse = multiply(residual, w, M, K, N);
  const sparseDw = multiplyDw(dy, residual);
  return {
    y: multiply(xq, wq, M, K, N).map((value, i) => value + sparse[i]!),
    dx: multiplyDx(dy, wq),
    dw: multiplyDw(dy, xq).map((value, i) => value * slope(i) + sparseDw[i]!),
  };
}

function multiply(a: Float32Array, b: Float32Array, rows: number, inner: number, cols: number): Float64Array {
  return Float64Array.from({ length: rows * cols }, (_, i) => {
    const [row, col] = [Math.floor(i / cols), i % cols];
    let sum = 0;
    for (let k = 0; k < inner; k++) sum += a[row * inner + k]! * b[col * inner + k]!;
    return sum;
  });
}

function multiplyDx(gradient: Float32Array, weights: Float32Array): Float64Array {
  const transposed = Float32Array.from(
    { length: K * N },
    (_, i) => weights[(i % N) * K + Math.floor(i / N)]!,
  );
  return multiply(gradient, transposed, M, N, K);
}

function multiplyDw(gradient: Float32Array, activations: Float32Array): Float64Array {
  const dyT = Float32Array.from({ length: N * M }, (_, i) => gradient[(i % M) * N + Math.floor(i / M)]!);
  const xT = Float32Array.from({ length: K * M }, (_, i) => activations[(i % M) * K + Math.floor(i / M)]!);
  return multiply(dyT, xT, N, M, K);
}

function heavyTailed(size: number, seed: number): Float32Array {
  return normalFloats(size, seed).map((value) => value * Math.abs(value) ** 1.5);
}

/** The largest difference as a share of the largest value; sums of a hundred-odd float32 products differ by order. */
function worstError(got: Float32Array, wanted: Float64Array): number {
  if (got.length !== wanted.length) return Infinity;
  const size = wanted.reduce((max, value) => Math.max(max, Math.abs(value)), 0);
  return wanted.reduce((max, value, i) => Math.max(max, Math.abs(value - got[i]!)), 0) / size;
}
