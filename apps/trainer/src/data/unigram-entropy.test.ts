import { describe, expect, it } from 'vitest';
import { unigramEntropyNats } from './unigram-entropy.ts';

describe('unigramEntropyNats', () => {
  it('is ln n for n equally frequent tokens, and 0 for one', () => {
    expect(unigramEntropyNats([0, 1, 2, 3], 8)).toBeCloseTo(Math.log(4), 14);
    expect(unigramEntropyNats([3, 3, 3], 4)).toBe(0);
  });

  it('weighs by frequency', () => {
    expect(unigramEntropyNats([0, 0, 0, 1], 2)).toBeCloseTo(0.75 * Math.log(4 / 3) + 0.25 * Math.log(4), 14);
  });

  it('rejects no tokens and foreign ids', () => {
    expect(() => unigramEntropyNats([], 4)).toThrow(/at least one token/);
    expect(() => unigramEntropyNats([0, 4], 4)).toThrow(/ids must be 0 to 3, but got 4 at index 1/);
  });
});
