import { boundsStride } from './kernel.ts';
import type { MomentBoundsAttrs } from './kernel.ts';

/**
 * Bounds of the magnitudes of the moments, from the largest magnitude g of the gradient, every operation rounded to
 * float32:
 *
 *     M ← β₁ M + (1 − β₁) · clipFactor · g
 *     V ← β₂ V + (1 − β₂) · (clipFactor · g)²
 *
 * By the triangle inequality no moment is larger, but for rounding. They stay as they are when `clipFactor` is 0.
 *
 * @param bounds - changed in place; see `boundsLength`
 * @param magnitudes - the largest magnitude of each block of gradients
 * @param blockStarts - the first block of each tensor, then the number of blocks
 */
export function momentBoundsReference(
  bounds: Float32Array,
  clipFactor: number,
  magnitudes: Float32Array,
  blockStarts: Int32Array,
  { beta1, oneMinusBeta1, beta2, oneMinusBeta2 }: MomentBoundsAttrs,
): void {
  const { fround } = Math;
  bounds[0] = clipFactor;
  for (let tensor = 0; tensor < blockStarts.length - 1; tensor++) {
    let largest = 0;
    for (let block = blockStarts[tensor]!; block < blockStarts[tensor + 1]!; block++)
      largest = Math.max(largest, magnitudes[block]!);
    const at = 1 + boundsStride * tensor;
    const [first, second] = [bounds[at + 2]!, bounds[at + 3]!];
    bounds[at] = first;
    bounds[at + 1] = second;
    if (clipFactor === 0) continue;
    const g = fround(clipFactor * largest);
    bounds[at + 2] = fround(beta1 * first) + fround(oneMinusBeta1 * g);
    bounds[at + 3] = fround(beta2 * second) + fround(oneMinusBeta2 * fround(g * g));
  }
}
