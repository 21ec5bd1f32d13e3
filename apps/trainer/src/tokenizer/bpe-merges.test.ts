import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { bpeMerges } from './bpe-merges.ts';
import { trainBpe } from './train-bpe.ts';

const model = trainBpe('aab ab abab aaab baab abba aabab aaaa bbbb'.repeat(3), { vocabSize: 280 }).model;
const merge = bpeMerges(model);

/** The definition: look for the lowest rank, leftmost, over and over, on strings. */
function naive(word: string): string[] {
  const symbols = [...word];
  for (;;) {
    let best: { rank: number; at: number } | undefined;
    for (let at = 0; at + 1 < symbols.length; at++) {
      const rank = model.merges.findIndex(([a, b]) => a === symbols[at] && b === symbols[at + 1]);
      if (rank >= 0 && (best === undefined || rank < best.rank)) best = { rank, at };
    }
    if (best === undefined) return symbols;
    symbols.splice(best.at, 2, symbols[best.at]! + symbols[best.at + 1]!);
  }
}

describe('bpeMerges', () => {
  // 64 symbols are where scanning gives way to the heap.
  it.each([
    ['by scanning', 0, 64],
    ['with the heap', 65, 200],
  ])('merges as the definition says, %s', (_, minLength, maxLength) => {
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom('a', 'b'), minLength, maxLength }), (word) => {
        const ids = merge([...word].map((character) => model.vocab[character]!));
        expect(ids).toEqual(naive(word).map((token) => model.vocab[token]!));
      }),
      { seed: 1, numRuns: 200 },
    );
  });

  it('takes a word of a million symbols', () => {
    const a = model.vocab['a']!;
    expect(merge(Array.from({ length: 1_000_000 }, () => a)).length).toBeLessThan(500_001);
  });
});
