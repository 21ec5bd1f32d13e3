import type { Batch, Batcher, BatcherState } from '../data/batcher.ts';

/**
 * A batcher that gives the first `count` batches of another again and again, to overfit them. Its position is always the
 * first one, so it must be saved between rounds.
 *
 * @param count - micro-batches of one optimizer step, at least 1
 */
export function repeatFirst(batcher: Batcher, count: number): Batcher {
  const start: BatcherState = batcher.state();
  const batches: Batch[] = Array.from({ length: count }, () => batcher.next());
  let at = 0;
  return {
    windowsPerEpoch: batcher.windowsPerEpoch,
    next: () => {
      const { inputs, targets } = batches[at++ % count]!;
      return { inputs: inputs.slice(), targets: targets.slice() };
    },
    state: () => start,
    restore: (state) => {
      // Throws when the state is of other data.
      batcher.restore(state);
      at = 0;
    },
  };
}
