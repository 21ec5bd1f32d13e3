import { SUM_BLOCK } from './f32-order.ts';
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
 * For tests: checks a float32 product against the float64 one: |error| <= γ · Σ_k |a| |b| with γ = r u / (1 - r u), u = 2^-24
 * and r the roundings that a term goes through (Higham 2002, section 3.1): its product and the sums of its block, the
 * sums of blocks, and the rounding of the float64 product. Returns the first violation, NaN included.
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
  const roundings = (Math.min(shape.k, SUM_BLOCK) + Math.ceil(shape.k / SUM_BLOCK)) * 2 ** -24;
  for (let index = 0; index < exact.length; index++) {
    const bound = (roundings / (1 - roundings)) * magnitudes[index]!;
    if (!(Math.abs(actual[index]! - exact[index]!) <= bound)) {
      return { index, actual: actual[index]!, exact: exact[index]!, bound };
    }
  }
  return undefined;
}
