import type { BenchBackend, BenchCheck, BenchRow } from '../report.ts';

/** Ratio, our operation and variant. */
const contests: readonly (readonly [name: string, op: string, variant: string])[] = [
  ['fwd', 'gemm.fwd', 'fp4'],
  ['fwdWithQuantize', 'gemm.fwdWithQuantize', 'fp4'],
  ['fwdSimd128', 'gemm.fwd', 'fp4 simd128'],
  ['dgrad', 'gemm.dgrad', 'fp4'],
  ['wgrad', 'gemm.wgrad', 'fp4'],
  ['dgradInt8', 'gemm.dgrad', 'fp4 int8'],
  ['wgradInt8', 'gemm.wgrad', 'fp4 int8'],
];

/**
 * The smallest ratio over the shapes of the fastest peer's time to ours, as `wasm.gemm.fwd`. A product that was not
 * measured has none.
 */
export function gemmRatios(backend: BenchBackend, rows: readonly BenchRow[]): Record<string, number> {
  const ratios: Record<string, number> = {};
  for (const [name, op, variant] of contests) {
    const each = rows
      .filter((row) => row.backend === backend && row.op === op && row.variant === variant)
      .flatMap(({ ratio }) => ratio ?? []);
    if (each.length > 0) ratios[`${backend}.gemm.${name}`] = Math.min(...each);
  }
  return ratios;
}

/**
 * `gemm.weightBytes`: the bytes of packed weights with their scales over those in f32, the largest over the shapes.
 * Rows of `gemm.dgrad` have them: the weights are all that is packed there. Nothing without such rows.
 */
export function weightBytesCheck(rows: readonly BenchRow[]): Record<string, BenchCheck> {
  const each = rows
    .filter((row) => row.op === 'gemm.dgrad' && row.bytes !== undefined)
    .map(({ bytes, shape: [, k, n] }) => bytes! / (4 * k! * n!));
  return each.length === 0 ? {} : { 'gemm.weightBytes': { value: Math.max(...each), atMost: 0.14 } };
}
