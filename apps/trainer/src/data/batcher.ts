import { createRandom } from './random.ts';
import { requireTokens } from './require-tokens.ts';
import type { TokenSource } from './token-source.ts';
import { windowOrder } from './window-order.ts';

/** One batch of next-token prediction. */
export interface Batch {
  /** Token ids `[batchSize, context]`, row-major. */
  inputs: Int32Array;
  /** The ids that follow, `[batchSize, context]`: `targets[b, t]` comes right after `inputs[b, t]`. */
  targets: Int32Array;
}

/** Where a {@link Batcher} stands in the data; plain JSON. */
export interface BatcherState {
  /** Seed of the order. */
  seed: number;
  /** Length of a window. */
  context: number;
  /** Number of tokens in the data. */
  tokens: number;
  /** Passes over the data begun, counted from 0. */
  epoch: number;
  /** Windows of this epoch already handed out. */
  cursor: number;
}

/** Batches of shuffled windows, forever. */
export interface Batcher {
  /** Windows of `context + 1` tokens in the current epoch. */
  readonly windowsPerEpoch: number;
  /** Returns the next batch, in arrays of its own. */
  next(): Batch;
  /** Returns the position after the last batch. */
  state(): BatcherState;
  /**
   * Goes to a position, so that `next()` gives what followed it.
   *
   * @throws RangeError when the state is of other data, another seed or context.
   */
  restore(state: BatcherState): void;
}

/** Options of {@link createBatcher}. */
export interface BatcherOptions {
  /** The training tokens. */
  tokens: TokenSource;
  /** Windows in a batch. */
  batchSize: number;
  /** Tokens that the model sees at once. */
  context: number;
  /** Whole number that decides the order. */
  seed: number;
}

/**
 * Returns batches of windows of `context + 1` consecutive tokens. In one epoch every window is taken once, in an
 * order and at a phase that depend on the seed and the epoch alone: windows begin at `phase + k · context`, so that
 * over the epochs a token is met at every position. A batch that an epoch cannot fill takes the rest from the next.
 *
 * @throws RangeError when there are fewer than `context + 1` tokens, or an option is no positive whole number.
 */
export function createBatcher(options: BatcherOptions): Batcher {
  const { tokens, batchSize, context, seed } = options;
  requireTokens({ part: 'training', tokens: tokens.length, context });
  if (!Number.isInteger(batchSize) || batchSize < 1) {
    throw new RangeError(`createBatcher: batchSize must be a positive whole number, but got ${batchSize}`);
  }
  let epoch = 0;
  let cursor = 0;
  let starts = windowStarts(tokens.length, context, seed, epoch);

  return {
    get windowsPerEpoch() {
      return starts.length;
    },
    next() {
      const inputs = new Int32Array(batchSize * context);
      const targets = new Int32Array(batchSize * context);
      for (let b = 0; b < batchSize; b++) {
        if (cursor === starts.length) {
          cursor = 0;
          starts = windowStarts(tokens.length, context, seed, ++epoch);
        }
        const window = tokens.read(starts.at(cursor++), context + 1);
        inputs.set(window.subarray(0, context), b * context);
        targets.set(window.subarray(1), b * context);
      }
      return { inputs, targets };
    },
    state: () => ({ seed, context, tokens: tokens.length, epoch, cursor }),
    restore(state) {
      const here = { seed, context, tokens: tokens.length };
      for (const key of ['seed', 'context', 'tokens'] as const) {
        if (state[key] !== here[key]) {
          throw new RangeError(
            `Batcher.restore: the state must have ${key} ${here[key]}, but got ${state[key]}; resume with the same data and config`,
          );
        }
      }
      const order = windowStarts(tokens.length, context, seed, state.epoch);
      if (!Number.isInteger(state.cursor) || state.cursor < 0 || state.cursor > order.length) {
        throw new RangeError(
          `Batcher.restore: cursor must be a whole number from 0 to ${order.length}, but got ${state.cursor}`,
        );
      }
      ({ epoch, cursor } = state);
      starts = order;
    },
  };
}

/** Where the windows of one epoch begin, in the order in which they are taken. */
interface WindowStarts {
  readonly length: number;
  at(index: number): number;
}

function windowStarts(tokens: number, context: number, seed: number, epoch: number): WindowStarts {
  if (!Number.isInteger(epoch) || epoch < 0) {
    throw new RangeError(`Batcher.restore: epoch must be a whole number from 0, but got ${epoch}`);
  }
  // Two rounds of mixing: seeds and epochs are small neighbours, their streams must not be.
  const random = createRandom(createRandom(seed).nextUint32() + epoch);
  const phase = random.below(Math.min(context, tokens - context));
  const count = Math.floor((tokens - 1 - phase) / context);
  const order = windowOrder(count, random);
  return { length: count, at: (index) => phase + order(index) * context };
}
