/** A seeded source of random numbers. */
export interface RandomSource {
  /** The next 32 random bits, as an unsigned integer. */
  bits32(): number;
  /** Uniform in [0, 1), with 53 random bits. */
  uniform(): number;
  /** Uniform integer in [0, count), for `count` up to 2^53. */
  integer(count: number): number;
  /** Standard normal (polar Box–Muller). */
  normal(): number;
}

/**
 * xoshiro128** 1.1 (Blackman and Vigna, public domain), its state filled by SplitMix32 from the seed. The same seed
 * gives the same numbers on every machine, up to the last bit of `Math.log` in {@link RandomSource.normal}.
 *
 * @param seed - An integer from 0 to 2^32 − 1.
 * @throws RangeError for any other seed.
 */
export function createRandom(seed: number): RandomSource {
  if (!Number.isInteger(seed) || seed < 0 || seed > 0xffffffff) {
    throw new RangeError(`createRandom: seed must be an integer from 0 to 2^32 - 1, but got ${seed}`);
  }
  const state = splitMix32(seed);
  const bits32 = (): number => nextXoshiro(state);
  const uniform = (): number => {
    const high = bits32() >>> 5;
    return (high * 2 ** 26 + (bits32() >>> 6)) * 2 ** -53;
  };
  let spare: number | undefined;
  return {
    bits32,
    uniform,
    integer: (count) => Math.floor(uniform() * count),
    normal(): number {
      if (spare !== undefined) {
        const value = spare;
        spare = undefined;
        return value;
      }
      for (;;) {
        const x = 2 * uniform() - 1;
        const y = 2 * uniform() - 1;
        const squared = x * x + y * y;
        if (squared > 0 && squared < 1) {
          const factor = Math.sqrt((-2 * Math.log(squared)) / squared);
          spare = y * factor;
          return x * factor;
        }
      }
    },
  };
}

/** One step of xoshiro128** in place. */
export function nextXoshiro(state: Uint32Array): number {
  const [s0, s1, s2, s3] = state as unknown as [number, number, number, number];
  const result = Math.imul(rotateLeft(Math.imul(s1, 5), 7), 9) >>> 0;
  const mixed2 = s2 ^ s0;
  const mixed3 = s3 ^ s1;
  state[1] = s1 ^ mixed2;
  state[0] = s0 ^ mixed3;
  state[2] = mixed2 ^ (s1 << 9);
  state[3] = rotateLeft(mixed3, 11);
  return result;
}

function rotateLeft(word: number, bits: number): number {
  return (word << bits) | (word >>> (32 - bits));
}

/** Four words from one seed (the finalizer of MurmurHash3 over a Weyl sequence). */
function splitMix32(seed: number): Uint32Array {
  const state = new Uint32Array(4);
  for (let word = 0; word < 4; word++) {
    let z = (seed + Math.imul(word + 1, 0x9e3779b9)) | 0;
    z = Math.imul(z ^ (z >>> 16), 0x85ebca6b);
    z = Math.imul(z ^ (z >>> 13), 0xc2b2ae35);
    state[word] = z ^ (z >>> 16);
  }
  return state;
}
