import { describe, expect, it } from 'vitest';
import { createRandom } from './random.ts';

describe('createRandom', () => {
  it('is xoshiro128**', () => {
    // First outputs of the reference C code for the state 1, 2, 3, 4, as the rand_xoshiro crate tests them.
    const random = createRandom([1, 2, 3, 4]);
    expect(Array.from({ length: 4 }, () => random.nextUint32())).toEqual([11_520, 0, 5_927_040, 70_819_200]);
  });

  it('goes on from a saved state', () => {
    const random = createRandom(7);
    random.nextUint32();
    const twin = createRandom(random.state());
    expect(Array.from({ length: 50 }, () => twin.nextUint32())).toEqual(
      Array.from({ length: 50 }, () => random.nextUint32()),
    );
  });

  it('gives neighbouring seeds unlike sequences', () => {
    const first = Array.from({ length: 1000 }, (_, seed) => createRandom(seed).nextUint32());
    expect(new Set(first).size).toBe(1000);
    const mean = first.reduce((sum, x) => sum + x / 2 ** 32, 0) / 1000;
    expect(Math.abs(mean - 0.5)).toBeLessThan(0.05);
  });

  it('is even below a bound that does not divide 2^32', () => {
    const random = createRandom(3);
    const counts = [0, 0, 0];
    for (let i = 0; i < 30_000; i++) counts[random.below(3)]!++;
    // Five standard deviations of a binomial count, sqrt(30000/3·2/3) = 82.
    for (const count of counts) expect(Math.abs(count - 10_000)).toBeLessThan(410);
    expect(random.below(1)).toBe(0);
  });

  it('gives uniform numbers in [0, 1) that f32 holds', () => {
    const random = createRandom(4);
    const numbers = Array.from({ length: 1000 }, () => random.uniform());
    expect(numbers.every((x) => x >= 0 && x < 1 && x === Math.fround(x))).toBe(true);
  });

  it('rejects a seed that is no whole number, and the state of zeros', () => {
    expect(() => createRandom(1.5)).toThrow(/createRandom: seed must be a whole number, but got 1.5/);
    expect(() => createRandom([0, 0, 0, 0])).toThrow(/not all of them zero/);
  });
});
