import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { choleskyFactor, choleskySolve, regularizedInverse } from './cholesky.ts';
import { smallestEigen } from './symmetric-eigen.ts';

const size = 4;
const entries = fc.array(fc.double({ min: -1, max: 1, noNaN: true }), {
  minLength: size * size,
  maxLength: size * size,
});

/** `R Rᵀ + shift · I`. */
function positiveDefinite(R: readonly number[], shift: number): Float64Array {
  const matrix = new Float64Array(size * size);
  for (let p = 0; p < size; p++) {
    for (let q = 0; q < size; q++) {
      for (let k = 0; k < size; k++) matrix[p * size + q]! += R[p * size + k]! * R[q * size + k]!;
    }
    matrix[p * size + p]! += shift;
  }
  return matrix;
}

function multiply(matrix: Float64Array, vector: ArrayLike<number>): number[] {
  return Array.from({ length: size }, (_, p) =>
    Array.from({ length: size }, (__, q) => matrix[p * size + q]! * vector[q]!).reduce((a, b) => a + b, 0),
  );
}

describe('choleskySolve', () => {
  it('solves positive definite systems', () => {
    fc.assert(
      fc.property(entries, (R) => {
        const matrix = positiveDefinite(R, 0.1);
        const x = [1, -2, 3, 0.5];
        const solution = choleskySolve(
          choleskyFactor(matrix, size)!,
          size,
          Float64Array.from(multiply(matrix, x)),
        );
        solution.forEach((value, i) => expect(value).toBeCloseTo(x[i]!, 10));
      }),
      { seed: 1 },
    );
  });

  it('has no factor for an indefinite matrix', () => {
    expect(choleskyFactor(Float64Array.of(1, 2, 2, 1), 2)).toBeUndefined();
  });
});

describe('regularizedInverse', () => {
  it('is the inverse where there is one', () => {
    const inverse = regularizedInverse(Float64Array.of(2, 1, 1, 2), 2, 1e-14);
    [2 / 3, -1 / 3, -1 / 3, 2 / 3].forEach((value, i) => expect(inverse[i]).toBeCloseTo(value, 12));
  });

  it('is finite for singular matrices, zero rows and NaN', () => {
    for (const matrix of [
      [1, 1, 1, 1],
      [0, 0, 0, 1],
      [Number.NaN, 0, 0, 1],
    ]) {
      expect([...regularizedInverse(Float64Array.from(matrix), 2, 1e-9)].every(Number.isFinite)).toBe(true);
    }
  });
});

describe('smallestEigen', () => {
  it('gives a unit eigenvector whose value no other direction undercuts', () => {
    fc.assert(
      fc.property(entries, entries, (R, directions) => {
        const matrix = positiveDefinite(R, 0);
        const { value, vector } = smallestEigen(matrix, size);
        expect(Math.hypot(...vector)).toBeCloseTo(1, 12);
        multiply(matrix, vector).forEach((component, i) =>
          expect(component).toBeCloseTo(value * vector[i]!, 10),
        );
        for (let row = 0; row < size; row++) {
          const d = directions.slice(row * size, (row + 1) * size);
          const quadratic = multiply(matrix, d).reduce((sum, component, i) => sum + component * d[i]!, 0);
          expect(quadratic).toBeGreaterThanOrEqual(value * Math.hypot(...d) ** 2 - 1e-12);
        }
      }),
      { seed: 2 },
    );
  });

  it('finds the null direction of a singular matrix', () => {
    const { value, vector } = smallestEigen(Float64Array.of(1, -1, -1, 1), 2);
    expect(value).toBeCloseTo(0, 14);
    expect(vector[0]! / vector[1]!).toBeCloseTo(1, 12);
  });
});
