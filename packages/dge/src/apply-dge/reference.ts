import { E2M1 } from '@nibble-ml/fp4-format';
import { derivativeOnEdges } from '../derivative.ts';
import type { DgeOutside } from '../dge-options.ts';
import { edgesOf } from '../intervals.ts';

/** The least normal float32. A scale below it counts as 0, since GPUs may flush it. */
export const LEAST_NORMAL: number = 2 ** -126;

/**
 * The definition of the op: dW[n, k] *= f'(w[n, k] / scale[n]), the argument and f' in float64, one rounding to
 * float32 at the end. A scale of 0, or a subnormal one, makes the argument 0.
 */
export function applyDgeReference(
  dw: Float32Array,
  w: Float32Array,
  scales: Float32Array,
  rows: number,
  cols: number,
  k: number,
  clip: number,
  outside: DgeOutside,
): void {
  const edges = edgesOf(E2M1);
  for (let row = 0; row < rows; row++) {
    const scale = scales.length === 1 ? scales[0]! : scales[row]!;
    for (let i = row * cols; i < (row + 1) * cols; i++) {
      const scaled = Math.abs(scale) < LEAST_NORMAL ? 0 : w[i]! / scale;
      dw[i] = dw[i]! * derivativeOnEdges(edges, scaled, k, clip, outside);
    }
  }
}
