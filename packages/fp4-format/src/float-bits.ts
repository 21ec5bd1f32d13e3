// One 8-byte scratch seen as float64, float32 and words. Typed arrays are little-endian on every JavaScript engine
// in use, so word 1 holds the sign and exponent of the float64.
const float64 = new Float64Array(1);
const float32 = new Float32Array(float64.buffer);
const words = new Uint32Array(float64.buffer);

/** Returns the bit pattern of the float32 nearest to x, as an unsigned integer. */
export function float32Bits(x: number): number {
  float32[0] = x;
  return words[0]!;
}

/** Returns `floor(log2(|x|))` for a normal float64; -1023 for zero and subnormals; 1024 for NaN and infinity. */
export function floorLog2(x: number): number {
  float64[0] = x;
  return ((words[1]! >>> 20) & 0x7ff) - 1023;
}

/** Returns `ceil(log2(x))`, exactly, for a positive normal float64. */
export function ceilLog2(x: number): number {
  float64[0] = x;
  const isPowerOfTwo = (words[1]! & 0xfffff) === 0 && words[0] === 0;
  return ((words[1]! >>> 20) & 0x7ff) - 1023 + (isPowerOfTwo ? 0 : 1);
}

/** Returns 2^exponent for an integer exponent from -1022 to 1023. */
export function powerOfTwo(exponent: number): number {
  words[0] = 0;
  words[1] = (exponent + 1023) << 20;
  return float64[0]!;
}

/** Whether the sign bit is set, also for -0 and for NaN with a sign. */
export function signBit(x: number): boolean {
  float64[0] = x;
  return words[1]! >>> 31 === 1;
}
