/**
 * WGSL of `largestBlock(index, tensors, lane)`, which all 64 threads of a workgroup call and thread 0 gets the result
 * of: the largest magnitude of tensor `index`, as bits, from the bindings `statistics` and `blockStarts`. Bits order
 * magnitudes as their values do, with what is not finite on top.
 */
export const largestBlockWgsl: string = `
var<workgroup> magnitudes: array<u32, 64>;

fn largestBlock(index: u32, tensors: u32, lane: u32) -> u32 {
  let blocks = blockStarts[tensors];
  var largest = 0u;
  for (var block = blockStarts[index] + lane; block < blockStarts[index + 1u]; block += 64u) {
    largest = max(largest, statistics[blocks + block]);
  }
  magnitudes[lane] = largest;
  for (var half = 32u; half >= 1u; half >>= 1u) {
    workgroupBarrier();
    if (lane < half) { magnitudes[lane] = max(magnitudes[lane], magnitudes[lane + half]); }
  }
  return magnitudes[0];
}`;
