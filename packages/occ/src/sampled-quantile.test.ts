import { normalFloats } from '@nibble-ml/testing';
import { describe, expect, it } from 'vitest';
import { quantileRanks } from './quantile-ranks.ts';
import { insideRank, sampledQuantileBounds } from './sampled-quantile.ts';
import { tensorThresholdsReference } from './tensor-thresholds/reference.ts';
import { planThresholds } from './tensor-thresholds/threshold-plan.ts';

/** Share of the elements strictly above, and at or above, a value. */
function shares(x: Float32Array, threshold: number): { beyond: number; reached: number } {
  let [beyond, reached] = [0, 0];
  for (const value of x) {
    beyond += Number(value > threshold);
    reached += Number(value >= threshold);
  }
  return { beyond: beyond / x.length, reached: reached / x.length };
}

describe('sampledQuantileBounds', () => {
  const trials = 400;
  const failure = 0.05;
  // With 400 trials that fail with probability 0.05 or less, more than 36 failures have probability 1e-4.
  const allowed = 36;
  const distributions = {
    normal: normalFloats(20_000, 1),
    sorted: normalFloats(20_000, 2).toSorted(),
    tied: normalFloats(20_000, 3).map((value) => Math.max(0, Math.round(2 * value))),
  };

  /** How often sampled thresholds are further from, or closer to the end than bounds on the share beyond them. */
  function countOutside(x: Float32Array, least: number, most: number): { tooMany: number; tooFew: number } {
    let [tooMany, tooFew] = [0, 0];
    for (let seed = 0; seed < trials; seed++) {
      const plan = planThresholds(0.99, x.length, { size: 1000, seed });
      const { beyond, reached } = shares(x, tensorThresholdsReference(x, plan)[1]!);
      tooMany += Number(beyond > most);
      tooFew += Number(reached < least);
    }
    return { tooMany, tooFew };
  }

  it.each(Object.entries(distributions))('hold for samples of a %s tensor', (_, x) => {
    const { upper } = quantileRanks(0.99, 1000);
    const { least, most } = sampledQuantileBounds(1000 - 1 - upper, 1000, failure);
    const { tooMany, tooFew } = countOutside(x, least, most);
    expect(tooMany).toBeLessThanOrEqual(allowed);
    expect(tooFew).toBeLessThanOrEqual(allowed);
  });
  it('are needed: without a margin the share is above in many samples and below in many', () => {
    const { tooMany, tooFew } = countOutside(distributions.normal, 0.01, 0.01);
    expect(tooMany).toBeGreaterThan(100);
    expect(tooFew).toBeGreaterThan(100);
  });
  it('fail for what is no sample: the first elements of a sorted tensor', () => {
    const x = distributions.sorted;
    const { upper } = quantileRanks(0.99, 1000);
    const { most } = sampledQuantileBounds(1000 - 1 - upper, 1000, failure);
    expect(shares(x, x.subarray(0, 1000).toSorted()[upper]!).beyond).toBeGreaterThan(most);
  });
  it('narrow with the sample and widen with certainty', () => {
    const at = (size: number, probability: number): number => {
      const { least, most } = sampledQuantileBounds(Math.floor(0.01 * size), size, probability);
      expect(least).toBeLessThan(0.01);
      expect(most).toBeGreaterThan(0.01);
      return most - least;
    };
    expect(at(4096, 0.01)).toBeLessThan(at(1024, 0.01));
    expect(at(4096, 0.001)).toBeGreaterThan(at(4096, 0.01));
    expect(at(2 ** 20, 0.01)).toBeLessThan(0.001);
    expect(sampledQuantileBounds(0, 10, 1e-9)).toEqual({ least: 0, most: 1 });
  });
  it('refuse what is no rank or probability', () => {
    for (const [rank, size, probability] of [
      [-1, 10, 0.1],
      [10, 10, 0.1],
      [1, 10, 0],
      [1, 10, 1],
    ] as const) {
      expect(() => sampledQuantileBounds(rank, size, probability)).toThrow(
        /sampledQuantileBounds: rank must be from 0 to size - 1/,
      );
    }
  });
});

describe('insideRank', () => {
  it('bounds the threshold but for the stated probability', () => {
    const x = normalFloats(20_000, 4);
    const [size, failure, tail] = [1000, 0.05, 200];
    const rank = insideRank(tail / x.length, size, failure);
    const threshold = x.toSorted()[x.length - 1 - tail]!;
    let wrong = 0;
    for (let seed = 0; seed < 400; seed++) {
      const plan = planThresholds(0.99, x.length, { size, seed });
      const bound = tensorThresholdsReference(x, { ...plan, firstUpper: size - 1 - rank })[1]!;
      wrong += Number(bound > threshold);
    }
    expect(wrong).toBeLessThanOrEqual(36);
    expect(rank).toBeGreaterThan(10);
    expect(rank).toBeLessThan(40);
    expect(insideRank(0.49, 100, 1e-12)).toBe(99);
  });
});

describe('planThresholds', () => {
  it('looks at few elements first, with room for those beyond', () => {
    const size = 1_000_000;
    const plan = planThresholds(0.99, size);
    expect(plan.count).toBe(4096);
    expect(plan.isFinal).toBe(false);
    expect(plan.capacity).toBe(plan.lower + size - 1 - plan.upper);
    expect(plan.room).toBeGreaterThan(plan.lower);
    expect(plan.room).toBeLessThan(0.07 * size);
  });
  it('takes a tensor whole that is no larger than the sample', () => {
    const { capacity, isWhole, isFinal } = planThresholds(0.99, 4096, { seed: 1 });
    expect({ capacity, isWhole, isFinal }).toEqual({ capacity: 80, isWhole: true, isFinal: true });
  });
  it('has room for more entries where the thresholds are sampled', () => {
    const { capacity } = planThresholds(0.99, 1_000_000, { seed: 1 });
    expect(capacity).toBeGreaterThan(2 * 20_000);
    expect(capacity).toBeLessThan(4 * 20_000);
  });
  it('refuses a sample of no elements', () => {
    for (const size of [0, 1.5, -3, NaN, 2 ** 31]) {
      expect(() => planThresholds(0.99, 100, { size, seed: 1 })).toThrow(
        /occQuantizeTensor: sample\.size must be a positive integer below 2\^31, but got/,
      );
    }
  });
});
