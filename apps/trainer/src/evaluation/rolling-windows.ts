import type { Sequence } from './sequence.ts';

/** Options of {@link rollingWindows}. */
export interface RollingOptions {
  /** Tokens that the model sees at once. */
  readonly context: number;
  /** Tokens from one window to the next, 1 to `context`. */
  readonly stride: number;
}

/**
 * The windows on which a text is scored so that each token but the first counts once: as long as the model's context,
 * each `stride` tokens after the one before, scored where that one was not. So all but the first `context` tokens have
 * at least `context − stride` before them; with a stride of 1 all that the model can see. The last window ends with the
 * text.
 *
 * @param ids - the text; fewer than two tokens have no window
 * @throws RangeError when the stride does not fit
 */
export function* rollingWindows(
  ids: Int32Array,
  { context, stride }: RollingOptions,
): Generator<Sequence, void, undefined> {
  if (!Number.isInteger(stride) || stride < 1 || stride > context) {
    throw new RangeError(
      `rollingWindows: the stride must be a whole number from 1 to ${context}, the model's context, but got ${stride}`,
    );
  }
  // One past the last token that is scored already; the first has nothing before it.
  let scored = 1;
  while (scored < ids.length) {
    const end = Math.min(ids.length, scored === 1 ? 1 + context : scored + stride);
    yield {
      inputs: ids.subarray(Math.max(0, end - 1 - context), end - 1),
      targets: ids.subarray(scored, end),
    };
    scored = end;
  }
}
