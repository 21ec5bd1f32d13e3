import { describe, expect, it } from 'vitest';
import { roundArray } from './encode.ts';
import { E2M1 } from './formats.ts';
import { counterBits, randomBits } from './random-bits.ts';

// lowbias32 worked out with unbounded integers.
function lowbias32(input: bigint): bigint {
  const mask = 0xffffffffn;
  let x = input ^ (input >> 16n);
  x = (x * 0x7feb352dn) & mask;
  x ^= x >> 15n;
  x = (x * 0x846ca68bn) & mask;
  return x ^ (x >> 16n);
}

describe('randomBits', () => {
  it('is the published hash of seed and counter', () => {
    for (const [seed, counter] of [
      [0, 0],
      [1, 0],
      [1, 1],
      [2 ** 32 - 1, 12345],
      [7, 2 ** 32 - 1],
    ] as const) {
      const expected = lowbias32((BigInt(counter) + lowbias32(BigInt(seed))) & 0xffffffffn);
      expect(counterBits(seed, counter)).toBe(Number(expected));
    }
  });

  it('gives the same bits however the counters are split', () => {
    const all = randomBits(1000, 42);
    expect(randomBits(400, 42, 600)).toEqual(all.subarray(600));
    expect(counterBits(42, 999)).toBe(all[999]);
    expect(randomBits(1000, 43)).not.toEqual(all);
  });

  it('sets every bit half of the time, within 5 standard deviations', () => {
    const count = 1 << 16;
    const ones = Array.from({ length: 32 }, () => 0);
    for (const bits of randomBits(count, 9)) for (let i = 0; i < 32; i++) ones[i]! += (bits >>> i) & 1;
    const deviations = ones.map((n) => Math.abs(n - count / 2) / Math.sqrt(count / 4));
    expect(Math.max(...deviations)).toBeLessThan(5);
  });

  it('makes stochastic rounding unbiased, within 5 standard errors of the mean', () => {
    const count = 1 << 16;
    const randomWords = randomBits(count, 3);
    for (const [x, low, high] of [
      [0.1, 0, 0.5],
      [1.3, 1, 1.5],
      [2.9, 2, 3],
      [4.5, 4, 6],
    ] as const) {
      const rounded = roundArray(E2M1, new Float32Array(count).fill(x), {
        rounding: 'stochastic',
        randomBits: randomWords,
      });
      const mean = rounded.reduce((sum, value) => sum + value, 0) / count;
      const standardError = Math.sqrt(((x - low) * (high - x)) / count);
      expect(Math.abs(mean - x)).toBeLessThan(5 * standardError);
    }
  });
});
