import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createRandom } from './random.ts';
import { windowOrder } from './window-order.ts';

const orderOf = (count: number, seed: number, listed?: number): number[] => {
  const order = windowOrder(count, createRandom(seed), listed);
  return Array.from({ length: count }, (_, place) => order(place));
};

describe('windowOrder', () => {
  it.each([
    ['as a list', undefined],
    ['computed', 0],
  ])('%s: takes every window once, and differently for every seed', (_, listed) => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 300 }), fc.nat(), (count, seed) => {
        expect(orderOf(count, seed, listed).toSorted((a, b) => a - b)).toEqual(
          Array.from({ length: count }, (_window, i) => i),
        );
      }),
      { seed: 1, numRuns: 50 },
    );
    const orders = [1, 2, 3, 4].map((seed) => orderOf(100, seed, listed).join());
    expect(new Set(orders).size).toBe(4);
  });

  it('mixes well when computed: a window lands in each quarter as often', () => {
    const quarters = [0, 0, 0, 0];
    const seeds = 2000;
    for (let seed = 0; seed < seeds; seed++) {
      quarters[Math.floor(windowOrder(1000, createRandom(seed), 0)(17) / 250)]!++;
    }
    // Five standard deviations of a binomial with p = 1/4.
    const bound = 5 * Math.sqrt(seeds * 0.25 * 0.75);
    for (const count of quarters) expect(Math.abs(count - seeds / 4)).toBeLessThan(bound);
  });

  it('reaches windows beyond 2³² without a list', () => {
    const count = 2 ** 40 + 7;
    const order = windowOrder(count, createRandom(1));
    const windows = Array.from({ length: 1000 }, (_, place) => order(place));
    expect(new Set(windows).size).toBe(1000);
    for (const window of windows)
      expect(window >= 0 && window < count && Number.isInteger(window)).toBe(true);
    expect(Math.max(...windows)).toBeGreaterThan(2 ** 39);
  });
});
