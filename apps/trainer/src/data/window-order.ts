import type { Random } from './random.ts';

/** Windows up to which the order is kept as a list, 16 MB of it; beyond, it is computed. */
const listedWindows = 2 ** 22;
const feistelRounds = 6;

/**
 * Returns a random order of `count` windows: a function from a place in the order to the window there, each window
 * once. Up to 4,194,304 windows it is a list shuffled by Fisher and Yates, every order equally likely. More windows
 * would take memory that grows with the data, so their order is a Feistel permutation keyed by `random`.
 *
 * @param count - Number of windows.
 * @param random - Decides the order; advanced.
 * @param listed - Largest `count` that is kept as a list; tests set it low.
 */
export function windowOrder(
  count: number,
  random: Random,
  listed: number = listedWindows,
): (place: number) => number {
  return count <= listed ? shuffledList(count, random) : feistelOrder(count, random);
}

function shuffledList(count: number, random: Random): (place: number) => number {
  const order = Int32Array.from({ length: count }, (_, window) => window);
  for (let i = count - 1; i > 0; i--) {
    const j = random.below(i + 1);
    [order[i], order[j]] = [order[j]!, order[i]!];
  }
  return (place) => order[place]!;
}

/** A permutation of the next power of four, walked until it lands below `count` (cycle walking). */
function feistelOrder(count: number, random: Random): (place: number) => number {
  const half = 2 ** Math.ceil(Math.log2(count) / 2);
  const keys = Array.from({ length: feistelRounds }, () => random.nextUint32());
  return (place) => {
    let value = place;
    do {
      let left = Math.floor(value / half);
      let right = value % half;
      for (const key of keys) [left, right] = [right, (left ^ (mix(right ^ key) % half)) >>> 0];
      value = left * half + right;
    } while (value >= count);
    return value;
  };
}

/** The finalizer of MurmurHash3. */
function mix(word: number): number {
  let z = Math.imul(word ^ (word >>> 16), 0x85ebca6b);
  z = Math.imul(z ^ (z >>> 13), 0xc2b2ae35);
  return (z ^ (z >>> 16)) >>> 0;
}
