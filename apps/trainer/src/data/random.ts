/** A seeded source of random numbers: the same seed gives the same sequence everywhere. */
export interface Random {
  /** Returns the next 32 random bits as a whole number from 0 to 2³² − 1. */
  nextUint32(): number;
  /** Returns a whole number from 0 to `bound - 1`, each equally likely; `bound` is 1 to 2³². */
  below(bound: number): number;
  /** Returns a number in [0, 1) with 24 random bits, exact in f32. */
  uniform(): number;
  /** Returns the four state words; {@link createRandom} goes on from them. */
  state(): [number, number, number, number];
}

/**
 * Returns a generator: xoshiro128**, its state filled from the seed by SplitMix32.
 *
 * @param seed - A whole number (its low 32 bits count), or the words that an earlier generator's `state()` returned.
 * @throws RangeError when the seed is no safe whole number, or all four words are zero.
 * Source: arXiv 1805.01407 (Blackman and Vigna), section 3.
 */
export function createRandom(seed: number | readonly [number, number, number, number]): Random {
  if (typeof seed === 'number' && !Number.isSafeInteger(seed)) {
    throw new RangeError(`createRandom: seed must be a whole number, but got ${seed}`);
  }
  const s = Uint32Array.from(typeof seed === 'number' ? splitMix32(seed, 4) : seed);
  if (s.length !== 4 || s.every((word) => word === 0)) {
    throw new RangeError('createRandom: a state must be four words, not all of them zero');
  }
  const nextUint32 = (): number => {
    const result = Math.imul(rotateLeft(Math.imul(s[1]!, 5), 7), 9) >>> 0;
    const t = s[1]! << 9;
    s[2]! ^= s[0]!;
    s[3]! ^= s[1]!;
    s[1]! ^= s[2]!;
    s[0]! ^= s[3]!;
    s[2]! ^= t;
    s[3] = rotateLeft(s[3]!, 11);
    return result;
  };
  return {
    nextUint32,
    below(bound) {
      // Rejection: the top of the range that is no whole multiple of bound would favour small results.
      const limit = 2 ** 32 - (2 ** 32 % bound);
      let bits = nextUint32();
      while (bits >= limit) bits = nextUint32();
      return bits % bound;
    },
    uniform: () => (nextUint32() >>> 8) / 2 ** 24,
    state: () => [s[0]!, s[1]!, s[2]!, s[3]!],
  };
}

const rotateLeft = (x: number, k: number): number => (x << k) | (x >>> (32 - k));

/** Well-mixed words from any seed, as xoshiro's authors ask for. */
function splitMix32(seed: number, count: number): number[] {
  let state = seed | 0;
  return Array.from({ length: count }, () => {
    state = (state + 0x9e3779b9) | 0;
    let z = state;
    z = Math.imul(z ^ (z >>> 16), 0x21f0aaad);
    z = Math.imul(z ^ (z >>> 15), 0x735a2d97);
    return (z ^ (z >>> 15)) >>> 0;
  });
}
