/**
 * A seeded generator of test data (mulberry32): uniform numbers in [0, 1).
 */
export function seededRandom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = state;
    t = Math.imul(t ^ (t >>> 15), t | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}

/** `size` normally distributed float32 values with the given standard deviation (Box-Muller). */
export function normalFloats(size: number, seed: number, standardDeviation = 1): Float32Array {
  const random = seededRandom(seed);
  return Float32Array.from(
    { length: size },
    () => standardDeviation * Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random()),
  );
}
