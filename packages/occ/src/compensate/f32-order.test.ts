import { bitsOf, gpuSession, normalFloats, readFloats, testBackends, useBackend } from '@nibble-ml/testing';
import { tensor2d } from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { clampOutliers } from '../clamp-outliers.ts';
import { disposeSparseRows } from '../sparse-rows.ts';
import { compensate } from './compensate.ts';
import { compensateF32 } from './f32-order.ts';
import { compensateReference } from './reference.ts';

/** [M, K, N, alpha]; slots from 2 to 82 a row. */
const SHAPES = [
  [1, 11, 1, 0.9],
  [7, 37, 3, 0.95],
  [3, 128, 67, 0.99],
  [61, 131, 97, 0.9],
  [17, 409, 257, 0.9],
] as const;

describe.each(testBackends)('compensate on %s', (backend) => {
  beforeAll(() => useBackend(backend));

  it.for(SHAPES)(
    'has the bits of the definition for M, K, N = %i, %i, %i',
    async ([m, k, n, alpha], { skip }) => {
      skip(backend === 'webgpu' && !gpuSession()!.software, 'hardware may fuse a multiply and an add');
      const { indices, values, width } = clampOutliers(normalFloats(m * k, 1), m, k, alpha);
      const [w, y] = [normalFloats(k * n, 2), normalFloats(m * n, 3)];
      y.set([-0]);

      const sparse = {
        rows: m,
        cols: k,
        width,
        indices: tensor2d(indices, [m, width], 'int32'),
        values: tensor2d(values, [m, width]),
      };
      const [yMN, wKN] = [tensor2d(y.slice(), [m, n]), tensor2d(w, [k, n])];
      compensate(yMN, sparse, wKN);
      const result = (await readFloats(yMN)).slice();
      for (const tensor of [yMN, wKN]) tensor.dispose();
      disposeSparseRows(sparse);

      const expected = y.slice();
      compensateF32(expected, indices, values, w, m, n, width);
      expect(bitsOf(result)).toEqual(bitsOf(expected));
    },
  );
});

describe('compensateF32', () => {
  it.each(SHAPES)(
    'is within its bound of the float64 definition for M, K, N = %i, %i, %i',
    (m, k, n, alpha) => {
      const { indices, values, width } = clampOutliers(normalFloats(m * k, 1), m, k, alpha);
      const [w, y] = [normalFloats(k * n, 2), normalFloats(m * n, 3)];
      const [actual, exact, magnitudes] = [y.slice(), y.slice(), y.map(Math.abs)];
      compensateF32(actual, indices, values, w, m, n, width);
      compensateReference(exact, indices, values, w, m, n, width);
      compensateReference(magnitudes, indices, values.map(Math.abs), w.map(Math.abs), m, n, width);
      // One rounding more than documented: that of the reference.
      const bound = (width + 2) * 2 ** -24;
      expect(actual.every((x, i) => Math.abs(x - exact[i]!) <= bound * magnitudes[i]!)).toBe(true);
    },
  );
  it('differs in bits from sums in another order or precision, so that the test of bits can tell', () => {
    const [m, k, n, alpha] = SHAPES[4];
    const { indices, values, width } = clampOutliers(normalFloats(m * k, 1), m, k, alpha);
    const [w, y] = [normalFloats(k * n, 2), normalFloats(m * n, 3)];
    const [ordered, exact, late] = [y.slice(), y.slice(), new Float32Array(y.length)];
    compensateF32(ordered, indices, values, w, m, n, width);
    compensateReference(exact, indices, values, w, m, n, width);
    compensateF32(late, indices, values, w, m, n, width);
    const addedLate = late.map((sum, i) => sum + y[i]!);
    for (const other of [exact, addedLate]) expect(bitsOf(other)).not.toEqual(bitsOf(ordered));
  });
});
