import { checkCount } from './shape.ts';

/**
 * Returns 32 uniform bits that depend on nothing but the seed and the counter, as an unsigned integer:
 * `pcg(counter + pcg(seed))`, with the PCG-RXS-M-XS-32 hash of O'Neill (2014) as Jarzynski and Olano give it in "Hash
 * Functions for GPU Rendering" (JCGT 9(3), 2020). It takes only 32-bit integer multiplication, shift and xor, so WGSL
 * and WebAssembly compute the same bits, in any order.
 *
 * Good for stochastic rounding and random signs; not for cryptography. The counters of one seed run through a
 * permutation of all 2^32 words, and seeds differ by where in it they start.
 *
 * @param seed - An integer; its low 32 bits count.
 * @param counter - An integer; its low 32 bits count.
 */
export function counterBits(seed: number, counter: number): number {
  return pcgHash((counter + pcgHash(seed)) >>> 0);
}

/** Returns {@link counterBits} for the counters `first`, `first + 1`, … */
export function randomBits(count: number, seed: number, first: number = 0): Uint32Array {
  checkCount('randomBits', 'count', count);
  const start = pcgHash(seed) + first;
  const bits = new Uint32Array(count);
  for (let i = 0; i < count; i++) bits[i] = pcgHash((start + i) >>> 0);
  return bits;
}

function pcgHash(input: number): number {
  const state = (Math.imul(input, 747796405) + 2891336453) >>> 0;
  const word = Math.imul((state >>> ((state >>> 28) + 4)) ^ state, 277803737) >>> 0;
  return ((word >>> 22) ^ word) >>> 0;
}
