import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { planGroups, wordsOf } from './chunk-groups.ts';

describe('planGroups', () => {
  it('covers every element once, in order, within the limits', () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 0, max: 300 }), { maxLength: 20 }),
        fc.integer({ min: 1, max: 7 }),
        fc.constantFrom(0, 1, 3, 8),
        fc.integer({ min: 8, max: 200 }),
        (sizes, chunks, wordsPerQuad, words) => {
          const groups = planGroups(sizes, { chunks, wordsPerQuad, words });
          const next = sizes.map(() => 0);
          let last = -1;
          for (const group of groups) {
            expect(group.chunks.length).toBeGreaterThan(0);
            expect(group.chunks.length).toBeLessThanOrEqual(chunks);
            expect(group.words).toBeLessThanOrEqual(wordsPerQuad === 0 ? 0 : words);
            let offset = 0;
            for (const { tensor, start, count, offset: at } of group.chunks) {
              expect(tensor).toBeGreaterThanOrEqual(last);
              expect([start % 4, start, at]).toEqual([0, next[tensor], offset]);
              expect(count).toBeGreaterThan(0);
              next[tensor]! += count;
              offset += wordsOf(count, wordsPerQuad);
              last = tensor;
            }
            expect(group.words).toBe(offset);
          }
          expect(next).toEqual(sizes);
        },
      ),
      { seed: 1 },
    );
  });

  it('fills a group before it opens the next', () => {
    const groups = planGroups(Array(27).fill(100), { chunks: 7, wordsPerQuad: 8, words: 1e6 });
    expect(groups.map(({ chunks }) => chunks.length)).toEqual([7, 7, 7, 6]);
  });

  it('refuses a device that cannot bind one parameter', () => {
    expect(() => planGroups([4], { chunks: 0, wordsPerQuad: 8, words: 80 })).toThrow(
      new RangeError(
        'planGroups: the device must bind a parameter with its gradient and state at once, but has room for 0 of 40 elements; open it with higher limits',
      ),
    );
  });
});
