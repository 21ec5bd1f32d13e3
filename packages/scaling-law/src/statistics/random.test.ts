import { describe, expect, it } from 'vitest';
import { createRandom, nextXoshiro } from './random.ts';

/** xoshiro128** 1.1, transcribed from the authors' C with unsigned 32-bit arithmetic in BigInt. */
function* xoshiroBigInt(seed: readonly bigint[]): Generator<number> {
  const mask = 0xffffffffn;
  const rotl = (x: bigint, k: bigint): bigint => ((x << k) | (x >> (32n - k))) & mask;
  const s = [...seed] as [bigint, bigint, bigint, bigint];
  for (;;) {
    yield Number((rotl((s[1] * 5n) & mask, 7n) * 9n) & mask);
    const t = (s[1] << 9n) & mask;
    s[2] ^= s[0];
    s[3] ^= s[1];
    s[1] ^= s[2];
    s[0] ^= s[3];
    s[2] ^= t;
    s[3] = rotl(s[3], 11n);
  }
}

describe('nextXoshiro', () => {
  it('gives the known first outputs of the state 1, 2, 3, 4', () => {
    const state = Uint32Array.of(1, 2, 3, 4);
    expect([0, 0, 0, 0].map(() => nextXoshiro(state))).toEqual([11520, 0, 5927040, 70819200]);
  });

  it('agrees with the definition over 10,000 outputs', () => {
    const state = Uint32Array.of(0x9e3779b9, 0x243f6a88, 0xb7e15162, 0xffffffff);
    const reference = xoshiroBigInt([...state].map(BigInt));
    for (let i = 0; i < 10_000; i++) expect(nextXoshiro(state)).toBe(reference.next().value);
  });
});

const firstBits = (seed: number): number[] => {
  const random = createRandom(seed);
  return Array.from({ length: 8 }, () => random.bits32());
};

describe('createRandom', () => {
  const draws = 100_000;
  const sample = (draw: () => number): { mean: number; variance: number } => {
    const values = Array.from({ length: draws }, draw);
    const mean = values.reduce((a, b) => a + b, 0) / draws;
    return { mean, variance: values.reduce((sum, v) => sum + (v - mean) ** 2, 0) / draws };
  };

  it('repeats with the seed and differs between seeds', () => {
    expect(firstBits(5)).toEqual(firstBits(5));
    const all = Array.from({ length: 100 }, (_, seed) => firstBits(seed)).flat();
    expect(new Set(all).size).toBe(all.length);
  });

  it('has the moments of the uniform distribution, within five standard errors', () => {
    const random = createRandom(1);
    const { mean, variance } = sample(() => random.uniform());
    expect(Math.abs(mean - 1 / 2)).toBeLessThan(5 * Math.sqrt(1 / 12 / draws));
    expect(Math.abs(variance - 1 / 12)).toBeLessThan(5 * Math.sqrt(1 / 180 / draws));
  });

  it('has the moments of the normal distribution, within five standard errors', () => {
    const random = createRandom(2);
    const { mean, variance } = sample(() => random.normal());
    expect(Math.abs(mean)).toBeLessThan(5 / Math.sqrt(draws));
    expect(Math.abs(variance - 1)).toBeLessThan(5 * Math.sqrt(2 / draws));
  });

  it('draws every integer below the count about equally often', () => {
    const random = createRandom(3);
    const counts = Array.from({ length: 7 }, () => 0);
    for (let i = 0; i < draws; i++) counts[random.integer(7)]! += 1;
    const expected = draws / 7;
    for (const count of counts) expect(Math.abs(count - expected)).toBeLessThan(5 * Math.sqrt(expected));
  });

  it.each([-1, 1.5, 2 ** 32, Number.NaN])('refuses the seed %d', (seed) => {
    expect(() => createRandom(seed)).toThrow(/seed must be an integer from 0 to 2\^32 - 1/);
  });
});
