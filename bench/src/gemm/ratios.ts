import type { BenchBackend, BenchRow } from '../report.ts';

/** Ratio, our operation and variant, and the peers' operation. */
const contests: readonly (readonly [name: string, op: string, variant: string, peerOp: string])[] = [
  ['fwd', 'gemm.fwd', 'fp4', 'gemm.fwd'],
  ['fwdWithQuantize', 'gemm.fwdWithQuantize', 'fp4', 'gemm.fwd'],
  ['fwdSimd128', 'gemm.fwd', 'fp4 simd128', 'gemm.fwd'],
  ['dgrad', 'gemm.dgrad', 'fp4', 'gemm.dgrad'],
  ['wgrad', 'gemm.wgrad', 'fp4', 'gemm.wgrad'],
];

/**
 * The smallest ratio over the shapes of the fastest peer's median time to ours, as `wasm.gemm.fwd`. A product that was
 * not measured has no ratio.
 */
export function gemmRatios(backend: BenchBackend, rows: readonly BenchRow[]): Record<string, number> {
  const ratios: Record<string, number> = {};
  const ofBackend = rows.filter((row) => row.backend === backend);
  for (const [name, op, variant, peerOp] of contests) {
    const ours = ofBackend.filter((row) => row.impl === 'nibble' && row.op === op && row.variant === variant);
    const each = ours.map(({ shape, msMedian }) => fastestPeer(ofBackend, peerOp, shape) / msMedian);
    if (each.length > 0) ratios[`${backend}.gemm.${name}`] = Math.min(...each);
  }
  return ratios;
}

function fastestPeer(rows: readonly BenchRow[], op: string, shape: readonly number[]): number {
  const peers = rows.filter(
    (row) => row.impl !== 'nibble' && row.op === op && row.shape.join() === shape.join(),
  );
  if (peers.length === 0)
    throw new Error(`gemmRatios: there must be a peer's row of ${op} [${shape.join(', ')}]`);
  return Math.min(...peers.map(({ msMedian }) => msMedian));
}
