import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createRandom } from '../random.ts';
import { createTextSample } from './text-sample.ts';

const random = createRandom(1);
const offers = Array.from({ length: 2000 }, (_, i) => ({
  text: `text ${i} `.repeat(1 + (i % 7)),
  number: random.uniform(),
}));
const sampled = (order: typeof offers, limit: number): readonly string[] => {
  const sample = createTextSample(limit);
  for (const { text, number } of order) sample.offer(text, number);
  return sample.texts().map((bytes) => new TextDecoder().decode(bytes));
};

describe('createTextSample', () => {
  it('keeps everything that fits', () => {
    expect(sampled(offers, 1e9)).toEqual(offers.map(({ text }) => text));
  });

  it('keeps between half the limit and the limit of more, whatever the order', () => {
    const texts = sampled(offers, 10_000);
    const bytes = texts.reduce((sum, text) => sum + text.length, 0);
    expect(bytes).toBeLessThanOrEqual(10_000);
    // Half, less what the sizes of single texts may miss.
    expect(bytes).toBeGreaterThan(4000);
    fc.assert(
      fc.property(fc.shuffledSubarray(offers, { minLength: offers.length }), (order) => {
        expect(sampled(order, 10_000).toSorted()).toEqual(texts.toSorted());
      }),
      { seed: 1, numRuns: 20 },
    );
  });

  it('keeps one text that is larger than the limit', () => {
    expect(sampled([{ text: 'x'.repeat(100), number: 0.9 }], 10)).toHaveLength(1);
  });
});
