import { describe, expect, it } from 'vitest';
import { tokensInMemory } from './token-source.ts';
import { unigramEntropyNats } from './unigram-entropy.ts';

const entropy = (ids: number[], vocabSize: number): number =>
  unigramEntropyNats(tokensInMemory(Int32Array.from(ids)), vocabSize);

describe('unigramEntropyNats', () => {
  it('is ln n for n equally frequent tokens, and 0 for one', () => {
    expect(entropy([0, 1, 2, 3], 8)).toBeCloseTo(Math.log(4), 14);
    expect(entropy([3, 3, 3], 4)).toBe(0);
  });

  it('weighs by frequency', () => {
    expect(entropy([0, 0, 0, 1], 2)).toBeCloseTo(0.75 * Math.log(4 / 3) + 0.25 * Math.log(4), 14);
  });

  it('rejects no tokens and foreign ids', () => {
    expect(() => entropy([], 4)).toThrow(/at least one token/);
    expect(() => entropy([0, 4], 4)).toThrow(/ids must be 0 to 3, but got 4 at index 1/);
  });
});
