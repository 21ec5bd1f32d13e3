import { requireTokens } from './require-tokens.ts';
import type { Batch } from './batcher.ts';
import type { TokenSource } from './token-source.ts';

/** The windows that a text is evaluated on, read one at a time. */
export interface ValidationWindows {
  /** Number of windows. */
  readonly length: number;
  /** Returns a window, `[context]` inputs and targets; views of one array that must not be changed. */
  at(index: number): Batch;
}

/**
 * Returns the windows that a text is evaluated on: in order, without overlap of targets, each of `context` inputs and
 * the `context` tokens that follow them. The tokens after the last whole window are left out.
 *
 * @param tokens - The validation tokens.
 * @param context - Tokens that the model sees at once.
 * @throws RangeError when there are fewer than `context + 1` tokens.
 */
export function validationWindows(tokens: TokenSource, context: number): ValidationWindows {
  requireTokens({ part: 'validation', tokens: tokens.length, context });
  return {
    length: Math.floor((tokens.length - 1) / context),
    at(index) {
      const window = tokens.read(index * context, context + 1);
      return { inputs: window.subarray(0, context), targets: window.subarray(1) };
    },
  };
}
