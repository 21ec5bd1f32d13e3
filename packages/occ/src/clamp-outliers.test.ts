import { normalFloats } from '@nibble-ml/testing';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { clampOutliers } from './clamp-outliers.ts';
import { orderKey } from './order-key.ts';
import { quantileRanks, residualWidth } from './quantile-ranks.ts';

const seeded = { seed: 20260103, numRuns: 200 };

describe('quantileRanks', () => {
  it.each([
    [0.99, 100, 1, 99],
    [0.99, 128, 1, 126],
    [0.99, 344, 3, 340],
    [0.97, 100, 3, 97],
    [0.999, 1000, 1, 999],
    [0.999, 4096, 4, 4091],
    [0.9, 10, 1, 9],
    [0.57, 100, 43, 57],
    [0.8, 5, 1, 4],
    [1, 128, 0, 127],
    [0.99, 50, 0, 49],
    [0.99, 1, 0, 0],
    [0.99, 0, 0, 0],
  ])(
    'of alpha %f and %i elements are right, with products that float64 rounds down or up',
    (alpha, size, lower, upper) => {
      expect(quantileRanks(alpha, size)).toEqual({ lower, upper });
      expect(residualWidth(alpha, size)).toBe(size === 0 ? 0 : lower + size - 1 - upper);
    },
  );
  it('equal exact decimal arithmetic', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 501, max: 999 }),
        fc.integer({ min: 1, max: 100_000 }),
        (thousandths, size) => {
          expect(quantileRanks(thousandths / 1000, size)).toEqual({
            lower: Number((BigInt(1000 - thousandths) * BigInt(size)) / 1000n),
            upper: Math.min(size - 1, Number((BigInt(thousandths) * BigInt(size)) / 1000n)),
          });
        },
      ),
      { ...seeded, numRuns: 2000 },
    );
  });
  it('refuse an alpha that is no upper quantile', () => {
    for (const alpha of [0.5, 0, 1.001, NaN]) {
      expect(() => quantileRanks(alpha, 10)).toThrow(
        /quantileRanks: alpha must be above 0\.5 and at most 1, but got/,
      );
    }
  });
});

describe('orderKey', () => {
  it('orders as the numbers do, -0 below 0, and is its own inverse', () => {
    const ordered = Float32Array.of(-Infinity, -3e38, -1, -1e-40, -0, 0, 1e-40, 1, 3e38, Infinity);
    const bits = new Int32Array(ordered.buffer);
    const keys = bits.map(orderKey);
    expect(keys.toSorted()).toEqual(keys);
    expect(keys.map(orderKey)).toEqual(bits);
  });
});

describe('clampOutliers', () => {
  it('clamps to elements of the row and keeps the rest: clamped + residual is x', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 60 }),
        fc.integer({ min: 0, max: 1e6 }),
        fc.constantFrom(0.99, 0.95, 0.8, 0.6),
        (cols, seed, alpha) => {
          // Halves, so that the differences are exact and ties are frequent.
          const x = normalFloats(4 * cols, seed, 4).map((value) => Math.round(value) / 2);
          const { clamped, width, indices, values } = clampOutliers(x, 4, cols, alpha);
          const restored = clamped.slice();
          for (let slot = 0; slot < values.length; slot++) {
            restored[Math.floor(slot / width) * cols + indices[slot]!]! += values[slot]!;
          }
          expect(restored.map((value) => value + 0)).toEqual(x.map((value) => value + 0));
          for (let row = 0; row < 4; row++) {
            const sorted = x.slice(row * cols, (row + 1) * cols).toSorted();
            const lower = sorted[Math.floor((1 - alpha) * cols + 1e-9)]!;
            const upper = sorted[Math.min(cols - 1, Math.floor(alpha * cols + 1e-9))]!;
            for (let col = 0; col < cols; col++) {
              const value = x[row * cols + col]!;
              expect(clamped[row * cols + col]! + 0).toBe(Math.min(Math.max(value, lower), upper) + 0);
            }
          }
        },
      ),
      seeded,
    );
  });
  it('fills slots in ascending column order and leaves zeros behind', () => {
    const x = Float32Array.of(9, 0, -8, 1, 1, 1, 1, 7, 1, 1);
    const { width, indices, values } = clampOutliers(x, 1, 10, 0.7);
    expect(width).toBe(5);
    expect([...indices]).toEqual([0, 1, 2, 7, 0]);
    expect([...values]).toEqual([8, -1, -9, 6, 0]);
  });
  it('refuses data that do not fill the shape', () => {
    expect(() => clampOutliers(new Float32Array(5), 2, 3, 0.9)).toThrow(
      /x must have length 6 for shape \[2, 3\], but got 5/,
    );
  });
});
