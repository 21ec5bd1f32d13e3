import { tensor1d, tensor2d } from '@tensorflow/tfjs-core';
import {
  bitsOf,
  expectNoLeaks,
  gpuSession,
  normalFloats,
  readFloats,
  seededRandom,
  testBackends,
  useBackend,
} from '@nibble-ml/testing';
import { afterEach, describe, expect, it } from 'vitest';
import { fp4MatMulDw } from '../fp4-matmul-dw/fp4-matmul-dw.ts';
import { fp4MatMulDx } from '../fp4-matmul-dx/fp4-matmul-dx.ts';
import type { Fp4Tensor } from '../fp4-tensor.ts';
import { disposeFp4 } from '../fp4-tensor.ts';
import { availableVariants } from '../webgpu-variants/webgpu-variant.ts';
import type { WebGpuVariant } from '../webgpu-variants/webgpu-variant.ts';
import type { GradientProduct } from './fold.ts';
import { GRADIENT_FORMATS } from './options.ts';
import type { GradientFormat } from './options.ts';
import { gradientProductReference } from './reference.ts';

// Around a word, a block of NVFP4, a stage, a subgroup, the steps between flushes, and the tiles.
const ROWS_COLS_STEPS = [
  [1, 1, 1],
  [3, 9, 2],
  [5, 7, 17],
  [17, 33, 31],
  [13, 131, 64],
  [4, 16, 255],
  [37, 24, 257],
  [2, 300, 1031],
] as const;

const variants: readonly WebGpuVariant[] = testBackends.includes('webgpu')
  ? await useBackend('webgpu').then(() => availableVariants(gpuSession()!.device, 'gradient'))
  : [];
const cases = variants.flatMap((variant) =>
  (['dx', 'dw'] as const).flatMap((product) =>
    // The products of 'e5m2' and 'nvfp4' are those of 'f32'.
    GRADIENT_FORMATS.filter((name) => variant === variants[0] || name === 'f32' || name === 'int8').map(
      (gradient) => ({ variant, product, gradient }),
    ),
  ),
);

afterEach(() => {
  delete process.env['NIBBLE_WEBGPU_VARIANT'];
});

/** Scales of very different size, so that one of a wrong row shows. */
function scalesOf(count: number, seed: number): Float32Array {
  const random = seededRandom(seed);
  return Float32Array.from({ length: count }, () => (0.5 + random()) * 2 ** (random() * 20 - 10));
}

function codesOf(rows: number, cols: number, seed: number): Int32Array {
  const random = seededRandom(seed);
  const words = Math.ceil(cols / 8);
  const tail = cols % 8 === 0 ? -1 : 2 ** (4 * (cols % 8)) - 1;
  return Int32Array.from(
    { length: rows * words },
    (_, i) => (random() * 2 ** 32) & (i % words === words - 1 ? tail : -1),
  );
}

/** Runs a product on the backend and as defined, and expects the same bits. */
async function expectBits(
  product: GradientProduct,
  gradient: GradientFormat,
  [m, n, cols]: readonly [number, number, number],
  dy: Float32Array,
  scales: Float32Array,
): Promise<void> {
  const rows = product === 'dx' ? n : m;
  const words = codesOf(rows, cols, m + n + cols);
  const seed = 2 ** 32 - 3;
  const expected = gradientProductReference(dy, m, n, { words, scales, rows }, product, {
    cols,
    gradient,
    seed,
  });
  await expectNoLeaks(async () => {
    const dyMN = tensor2d(dy, [m, n]);
    const fp4: Fp4Tensor = {
      rows,
      cols,
      codes: tensor2d(words, [rows, Math.ceil(cols / 8)], 'int32'),
      scales: tensor1d(scales),
      granularity: scales.length === rows ? 'vector' : 'tensor',
    } as Fp4Tensor;
    const out = (product === 'dx' ? fp4MatMulDx : fp4MatMulDw)(dyMN, fp4, { gradient, seed });
    const actual = bitsOf(await readFloats(out));
    const label = `[${m}, ${n}] ${cols}`;
    expect(actual, label).toEqual(
      bitsOf(expected).map((bits, i) => (Number.isNaN(expected[i]!) ? 0x7fc00000 : bits)),
    );
    dyMN.dispose();
    out.dispose();
    disposeFp4(fp4);
  });
}

describe.each(cases)('$product, gradient $gradient, on webgpu $variant', ({ variant, product, gradient }) => {
  it('gives the bits of the reference at any size', async () => {
    process.env['NIBBLE_WEBGPU_VARIANT'] = variant;
    for (const [rows, cols, steps] of ROWS_COLS_STEPS) {
      const [m, n] = product === 'dx' ? [rows, steps] : [steps, rows];
      const dy = normalFloats(m * n, m + n, 1e-3);
      const count = (m + n + cols) % 2 === 0 ? 1 : steps;
      await expectBits(product, gradient, [m, n, cols], dy, scalesOf(count, m));
    }
  });
});

describe.skipIf(variants.length === 0)('on webgpu', () => {
  it.each(cases.filter(({ variant }) => variant === variants[0]))(
    '$product, gradient $gradient, decides zeros, subnormals, NaN and infinity as the reference does',
    async ({ product, gradient }) => {
      const [m, n] = [6, 37];
      const dy = normalFloats(m * n, 5);
      for (let i = 0; i < n; i++) {
        dy[i] = 0;
        dy[n + i]! *= 2 ** -99;
        dy[2 * n + i]! *= 2 ** (i - 60);
      }
      dy[3 * n] = 2 ** -149;
      const scales = new Float32Array(product === 'dx' ? n : m).fill(1);
      await expectBits(product, gradient, [m, n, 11], dy, scales);
      dy[5 * n + 3] = NaN;
      await expectBits(product, gradient, [m, n, 11], dy, scales);
      dy[5 * n + 3] = -Infinity;
      await expectBits(product, gradient, [m, n, 11], dy, scales);
      dy[5 * n + 3] = 1;
      scales[1] = NaN;
      await expectBits(product, gradient, [m, n, 11], dy, scales);
    },
  );

  it.each(['dx', 'dw'] as const)(
    '%s is exact at the longest sums of the largest products',
    async (product) => {
      // All as large as can be: 127 · 65536 · 12 each.
      const [rows, steps, cols] = [1, 116_508, 8];
      const [m, n] = product === 'dx' ? [rows, steps] : [steps, rows];
      const dy = new Float32Array(steps).fill(1.984374);
      const words = new Int32Array(steps).fill(0x77777777);
      for (const variant of variants) {
        process.env['NIBBLE_WEBGPU_VARIANT'] = variant;
        const dyMN = tensor2d(dy, [m, n]);
        const fp4 = {
          rows: steps,
          cols,
          codes: tensor2d(words, [steps, 1], 'int32'),
          scales: tensor1d([1]),
          granularity: 'tensor',
        } as Fp4Tensor;
        const out = (product === 'dx' ? fp4MatMulDx : fp4MatMulDw)(dyMN, fp4);
        const expected = gradientProductReference(
          dy,
          m,
          n,
          { words, scales: Float32Array.of(1), rows: steps },
          product,
          {
            cols,
            gradient: 'f32',
            seed: 0,
          },
        );
        expect([...(await readFloats(out))], variant).toEqual([...expected]);
        dyMN.dispose();
        out.dispose();
        disposeFp4(fp4);
      }
    },
  );
});
