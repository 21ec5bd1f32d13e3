import { checkCount } from './shape.ts';

/**
 * Returns 32 uniform bits that depend on nothing but the seed and the counter, as an unsigned integer:
 * `hash(counter + hash(seed))`, with the two-round multiply-xorshift hash `lowbias32` that Wellons found by search
 * (hash-prospector, 2018). It takes only 32-bit multiplication, constant shifts and xor, so that WGSL and WebAssembly SIMD
 * compute the same bits, four or more at a time, in any order.
 *
 * Good for stochastic rounding and random signs; not for cryptography. The counters of one seed run through a
 * permutation of all 2^32 words, and seeds differ by where in it they start.
 *
 * @param seed - An integer; its low 32 bits count.
 * @param counter - An integer; its low 32 bits count.
 */
export function counterBits(seed: number, counter: number): number {
  return lowbias32((counter + lowbias32(seed)) >>> 0);
}

/**
 * Returns {@link counterBits} for the counters `first`, `first + 1`, …, `[count]`.
 *
 * @throws RangeError if count is not a non-negative integer.
 */
export function randomBits(count: number, seed: number, first: number = 0): Uint32Array {
  checkCount('randomBits', 'count', count);
  const start = lowbias32(seed) + first;
  const bits = new Uint32Array(count);
  for (let i = 0; i < count; i++) bits[i] = lowbias32((start + i) >>> 0);
  return bits;
}

function lowbias32(input: number): number {
  let x = input;
  x = Math.imul(x ^ (x >>> 16), 0x7feb352d);
  x = Math.imul(x ^ (x >>> 15), 0x846ca68b);
  return (x ^ (x >>> 16)) >>> 0;
}
