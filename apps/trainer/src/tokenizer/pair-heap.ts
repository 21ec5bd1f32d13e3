/** A max-heap of (count, key): the largest count first and, among equals, the smallest key. */
export interface PairHeap {
  /** Adds an entry; the same key may be in the heap several times. */
  push(count: number, key: number): void;
  /** Removes and returns the first entry, or `undefined` when the heap is empty. */
  pop(): { count: number; key: number } | undefined;
}

/** Returns an empty {@link PairHeap}; `push` and `pop` take O(log n). */
export function createPairHeap(): PairHeap {
  const counts: number[] = [];
  const keys: number[] = [];
  const precedes = (a: number, b: number): boolean =>
    counts[a]! > counts[b]! || (counts[a] === counts[b] && keys[a]! < keys[b]!);
  const swap = (a: number, b: number): void => {
    [counts[a], counts[b]] = [counts[b]!, counts[a]!];
    [keys[a], keys[b]] = [keys[b]!, keys[a]!];
  };
  return {
    push(count, key) {
      let child = counts.push(count) - 1;
      keys.push(key);
      while (child > 0) {
        const parent = (child - 1) >> 1;
        if (!precedes(child, parent)) break;
        swap(child, parent);
        child = parent;
      }
    },
    pop() {
      const count = counts[0];
      const key = keys[0];
      if (count === undefined || key === undefined) return undefined;
      swap(0, counts.length - 1);
      counts.pop();
      keys.pop();
      for (let parent = 0; ;) {
        let best = parent;
        for (const child of [2 * parent + 1, 2 * parent + 2]) {
          if (child < counts.length && precedes(child, best)) best = child;
        }
        if (best === parent) break;
        swap(parent, best);
        parent = best;
      }
      return { count, key };
    },
  };
}
