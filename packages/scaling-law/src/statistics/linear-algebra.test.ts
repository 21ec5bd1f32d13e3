import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { choleskyFactor, choleskySolve, regularizedInverse } from './cholesky.ts';
import { smallestSingular } from './singular-values.ts';

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

describe('smallestSingular', () => {
  it('finds the value and vector of a rotated diagonal', () => {
    const [c, s] = [Math.cos(0.3), Math.sin(0.3)];
    // diag(3, 1e-9) times a rotation.
    const { value, vector } = smallestSingular([
      Float64Array.of(3 * c, -1e-9 * s),
      Float64Array.of(3 * s, 1e-9 * c),
    ]);
    expect(value / 1e-9).toBeCloseTo(1, 6);
    expect(Math.abs(vector[0]! * c + vector[1]! * s)).toBeLessThan(1e-8);
  });

  it('is zero to rounding for dependent columns', () => {
    const a = Float64Array.of(1, 2, 3);
    const b = Float64Array.of(0.3, -1, 2);
    const { value, vector } = smallestSingular([a, b, a.map((x, i) => 2 * x - b[i]!)]);
    expect(value).toBeLessThan(1e-14);
    expect(vector[0]! / vector[2]!).toBeCloseTo(-2, 10);
    expect(vector[1]! / vector[2]!).toBeCloseTo(1, 10);
  });

  it('is the norm of what orthogonal columns leave', () => {
    fc.assert(
      fc.property(entries, (R) => {
        const matrix = positiveDefinite(R, 0.1);
        const columns = Array.from({ length: size }, (_, p) => matrix.slice(p * size, (p + 1) * size));
        const { value, vector } = smallestSingular(columns);
        const image = multiply(matrix, vector);
        expect(Math.hypot(...image)).toBeCloseTo(value, 8);
        expect(Math.hypot(...vector)).toBeCloseTo(1, 10);
        expect(value).toBeGreaterThan(0.1 - 1e-9);
      }),
      { seed: 2 },
    );
  });
});
