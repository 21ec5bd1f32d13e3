import type { Tensor1D, Tensor2D } from '@tensorflow/tfjs-core';

/**
 * A matrix `[rows, cols]` of E2M1 codes on the current tfjs backend. `value = decode(code) * scale`; whoever made it
 * disposes it.
 */
export interface Fp4Tensor {
  readonly rows: number;
  readonly cols: number;
  /** int32 `[rows, ceil(cols / 8)]`: code `i` of a row in bits `4 * (i % 8)` of word `i / 8`; the tail is zero. */
  readonly codes: Tensor2D;
  /** float32 `[rows]` for one scale per row ('vector'), `[1]` for one in all ('tensor'). */
  readonly scales: Tensor1D;
  readonly granularity: 'vector' | 'tensor';
}

/** Disposes the codes and scales. */
export function disposeFp4({ codes, scales }: Fp4Tensor): void {
  codes.dispose();
  scales.dispose();
}
