import type { MatMulShape } from './reference.ts';
import { f32MatMulReference } from './reference.ts';

/** Where a product lies outside its error bound. */
export interface BoundViolation {
  readonly index: number;
  readonly actual: number;
  readonly exact: number;
  readonly bound: number;
}

/**
 * For tests: checks a float32 product against the float64 one: |error| <= γ · Σ_k |a| |b| with γ = (K + 2) u / (1 - (K + 2) u) and
 * u = 2^-24 (Higham 2002, equation 3.5), two more roundings than a dot product has, for the result and for subtotals.
 * Returns the first violation, NaN included.
 */
export function firstBoundViolation(
  actual: Float32Array,
  a: Float32Array,
  b: Float32Array,
  shape: MatMulShape,
): BoundViolation | undefined {
  const exact = f32MatMulReference(a, b, shape);
  const magnitudes = f32MatMulReference(
    a.map((value) => Math.abs(value)),
    b.map((value) => Math.abs(value)),
    shape,
  );
  const roundings = (shape.k + 2) * 2 ** -24;
  for (let index = 0; index < exact.length; index++) {
    const bound = (roundings / (1 - roundings)) * magnitudes[index]!;
    if (!(Math.abs(actual[index]! - exact[index]!) <= bound)) {
      return { index, actual: actual[index]!, exact: exact[index]!, bound };
    }
  }
  return undefined;
}
