import { fp4MatMul, fp4Quantize, disposeFp4 } from '@nibble-ml/fp4-gemm';
import type { Fp4Tensor } from '@nibble-ml/fp4-gemm';
import {
  bitsOf,
  expectNoLeaks,
  gpuSession,
  normalFloats,
  readFloats,
  testBackends,
  useBackend,
} from '@nibble-ml/testing';
import { dispatchCount } from '@nibble-ml/tfjs-bridge/webgpu';
import { tensor2d } from '@tensorflow/tfjs-core';
import type { Tensor2D } from '@tensorflow/tfjs-core';
import { afterEach, beforeAll, describe, expect, it } from 'vitest';
import { clampOutliers } from '../clamp-outliers.ts';
import { compensate } from '../compensate/compensate.ts';
import { disposeSparseRows } from '../sparse-rows.ts';
import type { SparseRows } from '../sparse-rows.ts';
import { fp4MatMulAndCompensate } from './fp4-matmul-and-compensate.ts';

/** [M, K, N, alpha]: one, odd, around tiles; 2, 4 and more slots a row. */
const SHAPES = [
  [1, 11, 1, 0.9],
  [7, 37, 3, 0.9],
  [33, 40, 67, 0.95],
  [18, 131, 130, 0.97],
  [9, 96, 257, 0.9],
] as const;

const VARIANTS = ['dot4I8Packed', 'unpacked', 'f32', 'shader-f16', 'subgroups'];

interface Case {
  readonly x: Fp4Tensor;
  readonly w: Fp4Tensor;
  readonly residual: SparseRows;
  readonly wKN: Tensor2D;
  dispose(): void;
}

function makeCase([m, k, n, alpha]: readonly [number, number, number, number], block?: number): Case {
  const { indices, values, width, clamped } = clampOutliers(normalFloats(m * k, 1), m, k, alpha);
  const options = block === undefined ? {} : { granularity: { block } };
  const quantized = (data: Float32Array, rows: number): Fp4Tensor => {
    const matrix = tensor2d(data, [rows, k]);
    const packed = fp4Quantize(matrix, options);
    matrix.dispose();
    return packed;
  };
  const [x, w] = [quantized(clamped, m), quantized(normalFloats(n * k, 2), n)];
  const wKN = tensor2d(normalFloats(k * n, 3), [k, n]);
  const residual = {
    rows: m,
    cols: k,
    width,
    indices: tensor2d(indices, [m, width], 'int32'),
    values: tensor2d(values, [m, width]),
  };
  return {
    x,
    w,
    residual,
    wKN,
    dispose() {
      for (const operand of [x, w]) disposeFp4(operand);
      disposeSparseRows(residual);
      wKN.dispose();
    },
  };
}

/** Expects the bits of the two ops, and that the residual changed some. */
async function expectBitsOfParts({ x, w, residual, wKN }: Case): Promise<void> {
  const parts = fp4MatMul(x, w);
  const plain = bitsOf((await readFloats(parts)).slice());
  compensate(parts, residual, wKN);
  const expected = bitsOf((await readFloats(parts)).slice());
  expect(expected).not.toEqual(plain);
  const y = fp4MatMulAndCompensate(x, w, residual, wKN);
  expect(bitsOf(await readFloats(y))).toEqual(expected);
  for (const tensor of [parts, y]) tensor.dispose();
}

const environments = testBackends.flatMap((backend) =>
  (backend === 'webgpu' ? VARIANTS : ['']).map((variant) => ({ backend, variant })),
);

describe.each(environments)('fp4MatMulAndCompensate on $backend $variant', ({ backend, variant }) => {
  beforeAll(() => useBackend(backend));
  afterEach(() => {
    delete process.env['NIBBLE_WEBGPU_VARIANT'];
  });

  it.for(SHAPES)('has the bits of its parts for M, K, N = %i, %i, %i', async (shape, { skip }) => {
    if (backend === 'webgpu') {
      const { device, software } = gpuSession()!;
      skip(!software, 'hardware may fuse a multiply and an add');
      skip(
        (variant === 'shader-f16' || variant === 'subgroups') && !device.features.has(variant),
        'the device lacks it',
      );
      process.env['NIBBLE_WEBGPU_VARIANT'] = variant;
    }
    await expectNoLeaks(async () => {
      const given = makeCase(shape);
      await expectBitsOfParts(given);
      given.dispose();
    });
  });
});

describe.each(testBackends)('fp4MatMulAndCompensate on %s', (backend) => {
  beforeAll(() => useBackend(backend));

  it('takes operands that are scaled by blocks', async () => {
    await expectNoLeaks(async () => {
      const given = makeCase([7, 48, 5, 0.93], 16);
      await expectBitsOfParts(given);
      given.dispose();
    });
  });

  it('leaves the product alone without slots', async () => {
    await expectNoLeaks(async () => {
      const given = makeCase([3, 16, 4, 0.9]);
      const [indices, values] = [tensor2d([], [3, 0], 'int32'), tensor2d([], [3, 0])];
      const empty = { rows: 3, cols: 16, width: 0, indices, values };
      const y = fp4MatMulAndCompensate(given.x, given.w, empty, given.wKN);
      const plain = fp4MatMul(given.x, given.w);
      expect(bitsOf(await readFloats(y))).toEqual(bitsOf(await readFloats(plain)));
      for (const tensor of [indices, values, y, plain]) tensor.dispose();
      given.dispose();
    });
  });

  it('says what is wrong with its arguments', async () => {
    await expectNoLeaks(async () => {
      const [given, other] = [makeCase([3, 16, 4, 0.9]), makeCase([2, 24, 4, 0.9])];
      const { x, w, residual, wKN } = given;
      expect(() => fp4MatMulAndCompensate(x, w, other.residual, wKN)).toThrow(
        'fp4MatMulAndCompensate: residual must have shape [3, 16], but got [2, 24]',
      );
      expect(() => fp4MatMulAndCompensate(x, w, residual, other.wKN)).toThrow(
        'fp4MatMulAndCompensate: wKN must have shape [16, 4], but got [24, 4]',
      );
      expect(() => fp4MatMulAndCompensate(x, other.w, residual, wKN)).toThrow(
        /columns of x and columns of w must agree, but got 16 and 24/,
      );
      for (const one of [given, other]) one.dispose();
    });
  });
});

describe.skipIf(!testBackends.includes('webgpu'))('fp4MatMulAndCompensate on webgpu', () => {
  beforeAll(() => useBackend('webgpu'));

  it('dispatches one shader, or two for a wide residual on a software adapter', () => {
    const { device, software } = gpuSession()!;
    for (const [alpha, expected] of [
      [0.95, 1],
      [0.8, software ? 2 : 1],
    ] as const) {
      const given = makeCase([8, 40, 16, alpha]);
      const before = dispatchCount(device);
      fp4MatMulAndCompensate(given.x, given.w, given.residual, given.wKN).dispose();
      expect(dispatchCount(device) - before, `${given.residual.width} slots`).toBe(expected);
      given.dispose();
    }
  });
});
