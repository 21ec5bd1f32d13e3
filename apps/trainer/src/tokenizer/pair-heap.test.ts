import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createPairHeap } from './pair-heap.ts';

describe('createPairHeap', () => {
  it('pops by falling count, then by rising key', () => {
    const entry = fc.record({ count: fc.nat(5), key: fc.nat(5) });
    fc.assert(
      fc.property(fc.array(entry), (entries) => {
        const heap = createPairHeap();
        for (const { count, key } of entries) heap.push(count, key);
        const expected = entries.toSorted((a, b) => b.count - a.count || a.key - b.key);
        expect(entries.map(() => heap.pop())).toEqual(expected);
        expect(heap.pop()).toBeUndefined();
      }),
      { seed: 1 },
    );
  });
});
