/** Elements that one block covers. */
export const blockSize = 4096;
/** Interleaved accumulators of a block: lane l adds elements l, l + 64, l + 128, … */
export const lanes = 64;

/** How many blocks a tensor of `size` elements has. */
export function blockCount(size: number): number {
  return Math.ceil(size / blockSize);
}

/** The first block of each tensor of these sizes, then the number of blocks. */
export function blockStarts(sizes: readonly number[]): Int32Array {
  const starts = new Int32Array(sizes.length + 1);
  for (const [tensor, size] of sizes.entries()) starts[tensor + 1] = starts[tensor]! + blockCount(size);
  return starts;
}

/**
 * Statistics of each block of `x`, written to `statistics` from `offset`: its sum of squares in float32, 64 interleaved
 * lanes summed in order and then added pairwise; and `blocks` further on, its largest magnitude. A NaN or an infinity in
 * a block makes both not finite.
 *
 * @param blocks - of all tensors together
 */
export function blockStatistics(
  x: Float32Array,
  statistics: Float32Array,
  offset: number,
  blocks: number,
): void {
  const sums = new Float32Array(lanes);
  for (let block = 0; block < blockCount(x.length); block++) {
    sums.fill(0);
    let largest = 0;
    const end = Math.min(x.length, (block + 1) * blockSize);
    for (let i = block * blockSize; i < end; i++) {
      const value = x[i]!;
      sums[i % lanes]! += Math.fround(value * value);
      largest = Math.max(largest, Math.abs(value));
    }
    statistics[offset + block] = addPairwise(sums);
    statistics[offset + block + blocks] = largest;
  }
}

/** Square root of the sum of the first `count` sums of squares, in the same order; NaN unless it is finite. */
export function normOfSums(sumsOfSquares: Float32Array, count: number): number {
  const sums = new Float32Array(lanes);
  for (let i = 0; i < count; i++) sums[i % lanes]! += sumsOfSquares[i]!;
  const norm = Math.fround(Math.sqrt(addPairwise(sums)));
  return Number.isFinite(norm) ? norm : NaN;
}

/** What gradients of that norm are multiplied by: min(1, clipNorm / norm) in float32; 0 when the norm is not finite. */
export function clipFactorOf(norm: number, clipNorm: number): number {
  if (!Number.isFinite(norm)) return 0;
  return norm <= clipNorm ? 1 : Math.fround(clipNorm / norm);
}

function addPairwise(sums: Float32Array): number {
  for (let half = lanes / 2; half >= 1; half /= 2) {
    for (let lane = 0; lane < half; lane++) sums[lane]! += sums[lane + half]!;
  }
  return sums[0]!;
}
