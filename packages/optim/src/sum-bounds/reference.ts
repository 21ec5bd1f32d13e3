/**
 * Bounds of the magnitudes of sums: the old bound, unless the values are replaced, plus the largest magnitude that is
 * added, in float32. NaN when a value is not finite or the bound overflows, and from then on until replaced.
 *
 * @param bounds - changed in place: for each tensor the bound before and after
 * @param magnitudes - the largest magnitude of each block
 * @param blockStarts - the first block of each tensor, then the number of blocks
 */
export function sumBoundsReference(
  bounds: Float32Array,
  magnitudes: Float32Array,
  blockStarts: Int32Array,
  replace: boolean,
): void {
  for (let tensor = 0; tensor < blockStarts.length - 1; tensor++) {
    let largest = 0;
    for (let block = blockStarts[tensor]!; block < blockStarts[tensor + 1]!; block++)
      largest = Math.max(largest, magnitudes[block]!);
    const old = bounds[2 * tensor + 1]!;
    const sum = replace ? largest : Math.fround(old + largest);
    bounds[2 * tensor] = old;
    bounds[2 * tensor + 1] = Number.isFinite(sum) ? sum : NaN;
  }
}
