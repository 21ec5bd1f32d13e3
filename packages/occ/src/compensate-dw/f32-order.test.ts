import { bitsOf, gpuSession, normalFloats, readFloats, testBackends, useBackend } from '@nibble-ml/testing';
import { tensor2d } from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { clampOutliers } from '../clamp-outliers.ts';
import { disposeSparseRows } from '../sparse-rows.ts';
import { compensateDw } from './compensate-dw.ts';
import { compensateDwF32 } from './f32-order.ts';
import { compensateDwReference } from './reference.ts';

/** [M, K, N, alpha]; M beyond a block of 32 tokens, N and K beyond blocks of 4, N beyond a workgroup's 256 rows. */
const SHAPES: readonly (readonly [m: number, k: number, n: number, alpha: number])[] = [
  [1, 11, 1, 0.9],
  [7, 37, 3, 0.95],
  [67, 131, 5, 0.9],
  [61, 127, 97, 0.9],
  [257, 53, 263, 0.9],
];

interface Operands {
  readonly dw: Float32Array;
  readonly dy: Float32Array;
  readonly indices: Int32Array;
  readonly values: Float32Array;
  readonly width: number;
}

function operands([m, k, n, alpha]: (typeof SHAPES)[number]): Operands {
  const { indices, values, width } = clampOutliers(normalFloats(m * k, 1), m, k, alpha);
  return { dw: normalFloats(n * k, 2), dy: normalFloats(m * n, 3), indices, values, width };
}

describe.each(testBackends)('compensateDw on %s', (backend) => {
  beforeAll(() => useBackend(backend));

  async function run(m: number, n: number, k: number, given: Operands): Promise<Float32Array> {
    const { width } = given;
    const sparse = {
      rows: m,
      cols: k,
      width,
      indices: tensor2d(given.indices, [m, width], 'int32'),
      values: tensor2d(given.values, [m, width]),
    };
    const [dwNK, dyMN] = [tensor2d(given.dw.slice(), [n, k]), tensor2d(given.dy, [m, n])];
    compensateDw(dwNK, dyMN, sparse);
    const result = (await readFloats(dwNK)).slice();
    for (const tensor of [dwNK, dyMN]) tensor.dispose();
    disposeSparseRows(sparse);
    return result;
  }

  it.for(SHAPES)('has the bits of the definition for M, K, N = %i, %i, %i', async (shape, { skip }) => {
    skip(backend === 'webgpu' && !gpuSession()!.software, 'hardware may fuse a multiply and an add');
    const [m, k, n] = shape;
    const given = operands(shape);
    // Also where the columns have no entry.
    given.dw.fill(-0, 0, 3);
    const expected = given.dw.slice();
    compensateDwF32(expected, given.dy, given.indices, given.values, { m, n, k, width: given.width });
    expect(bitsOf(await run(m, n, k, given))).toEqual(bitsOf(expected));
  });
  it('keeps the bits of dW without tokens and without slots', async () => {
    const empty = { indices: new Int32Array(0), values: new Float32Array(0) };
    const dw = Float32Array.of(-0, 1, 0, -2);
    const noTokens = { ...empty, dw, dy: new Float32Array(0), width: 2 };
    expect(bitsOf(await run(0, 2, 2, noTokens))).toEqual(bitsOf(dw));
    const noSlots = { ...empty, dw, dy: Float32Array.of(1, 2), width: 0 };
    expect(bitsOf(await run(1, 2, 2, noSlots))).toEqual(bitsOf(dw));
  });
});

describe('compensateDwF32', () => {
  it.each(SHAPES)('is within its bound of the float64 definition for M, K, N = %i, %i, %i', (...shape) => {
    const [m, k, n] = shape;
    const { dw, dy, indices, values, width } = operands(shape);
    const sizes = { m, n, k, width };
    const [actual, exact, magnitudes] = [dw.slice(), dw.slice(), dw.map(Math.abs)];
    compensateDwF32(actual, dy, indices, values, sizes);
    compensateDwReference(exact, dy, indices, values, sizes);
    compensateDwReference(magnitudes, dy.map(Math.abs), indices, values.map(Math.abs), sizes);
    const counts = new Int32Array(k);
    for (const [slot, column] of indices.entries()) if (values[slot] !== 0) counts[column]!++;
    // One rounding more than documented: that of the reference.
    const bound = (column: number): number => (counts[column]! + 2) * 2 ** -24;
    expect(actual.every((x, i) => Math.abs(x - exact[i]!) <= bound(i % k) * magnitudes[i]!)).toBe(true);
  });
  it('differs in bits from sums in another order or precision, so that the test of bits can tell', () => {
    const shape = SHAPES[4]!;
    const [m, k, n] = shape;
    const { dw, dy, indices, values, width } = operands(shape);
    const sizes = { m, n, k, width };
    const [ordered, exact, running] = [dw.slice(), dw.slice(), dw.slice()];
    compensateDwF32(ordered, dy, indices, values, sizes);
    compensateDwReference(exact, dy, indices, values, sizes);
    for (let row = 0; row < m; row++) {
      const slots = [row * width, (row + 1) * width] as const;
      const dyRow = dy.subarray(row * n, (row + 1) * n);
      const one = { ...sizes, m: 1 };
      compensateDwF32(running, dyRow, indices.subarray(...slots), values.subarray(...slots), one);
    }
    for (const other of [exact, running]) expect(bitsOf(other)).not.toEqual(bitsOf(ordered));
  });
});
