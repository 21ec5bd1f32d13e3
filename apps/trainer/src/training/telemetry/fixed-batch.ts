import type { Batch } from '../../data/batcher.ts';
import type { TokenSource } from '../../data/token-source.ts';
import { validationWindows } from '../../data/validation-windows.ts';

/** Enough rows for steady figures, few enough to cost little. */
const TOKENS = 1024;

/**
 * The windows whose activations are looked at, the same at every validation: at most 1024 tokens, but at least one
 * window, spread evenly over the validation text.
 *
 * @throws RangeError when the text is shorter than one window
 */
export function fixedBatch(
  tokens: TokenSource,
  context: number,
  batchSize: number,
): Batch & { readonly windows: number } {
  const all = validationWindows(tokens, context);
  const windows = Math.min(all.length, Math.max(1, Math.min(batchSize, Math.floor(TOKENS / context))));
  const [inputs, targets] = [new Int32Array(windows * context), new Int32Array(windows * context)];
  for (let i = 0; i < windows; i++) {
    const window = all.at(Math.floor((i * all.length) / windows));
    inputs.set(window.inputs, i * context);
    targets.set(window.targets, i * context);
  }
  return { inputs, targets, windows };
}
