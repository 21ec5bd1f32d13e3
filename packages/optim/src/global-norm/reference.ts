/** Elements that one partial sum covers. */
export const blockSize = 4096;
/** Interleaved accumulators of a partial sum: lane l of a block adds elements l, l + 64, l + 128, … */
export const lanes = 64;

/** How many partial sums a tensor of `size` elements has. */
export function partialCount(size: number): number {
  return Math.ceil(size / blockSize);
}

/**
 * Sum of squares of each block of `x`, written to `partials` from `offset`: in float32, 64 interleaved lanes summed in
 * order and then added pairwise. A NaN or an infinity in a block makes its sum not finite.
 */
export function sumOfSquares(x: Float32Array, partials: Float32Array, offset: number): void {
  const sums = new Float32Array(lanes);
  for (let block = 0; block < partialCount(x.length); block++) {
    sums.fill(0);
    const end = Math.min(x.length, (block + 1) * blockSize);
    for (let i = block * blockSize; i < end; i++) {
      const value = x[i]!;
      sums[i % lanes]! += Math.fround(value * value);
    }
    partials[offset + block] = addPairwise(sums);
  }
}

/** Square root of the sum of the first `count` partial sums, in the same order; NaN unless it is finite. */
export function normOfPartials(partials: Float32Array, count: number): number {
  const sums = new Float32Array(lanes);
  for (let i = 0; i < count; i++) sums[i % lanes]! += partials[i]!;
  const norm = Math.fround(Math.sqrt(addPairwise(sums)));
  return Number.isFinite(norm) ? norm : NaN;
}

function addPairwise(sums: Float32Array): number {
  for (let half = lanes / 2; half >= 1; half /= 2) {
    for (let lane = 0; lane < half; lane++) sums[lane]! += sums[lane + half]!;
  }
  return sums[0]!;
}
