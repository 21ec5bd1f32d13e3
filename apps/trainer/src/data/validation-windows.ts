import { requireTokens } from './require-tokens.ts';
import type { Batch } from './batcher.ts';

/**
 * Returns the windows that a text is evaluated on: in order, without overlap of targets, each of `context` inputs and
 * the `context` tokens that follow them. The tokens after the last whole window are left out.
 *
 * @param tokens - The validation tokens.
 * @param context - Tokens that the model sees at once.
 * @returns Views into `tokens`, `[context]` each.
 * @throws RangeError when there are fewer than `context + 1` tokens.
 */
export function validationWindows(tokens: Int32Array, context: number): Batch[] {
  requireTokens({ part: 'validation', tokens: tokens.length, context });
  return Array.from({ length: Math.floor((tokens.length - 1) / context) }, (_, window) => {
    const start = window * context;
    return {
      inputs: tokens.subarray(start, start + context),
      targets: tokens.subarray(start + 1, start + context + 1),
    };
  });
}
