/** The hash of `counterBits` in fp4-format; counters are added to that of the seed. */
export const HASH_WGSL = `
fn lowbias32(input: u32) -> u32 {
  var x = (input ^ (input >> 16u)) * 0x7feb352du;
  x = (x ^ (x >> 15u)) * 0x846ca68bu;
  return x ^ (x >> 16u);
}`;
