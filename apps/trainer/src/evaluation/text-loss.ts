import { bitsPerByteOf, countBytes } from '../data/bits-per-byte.ts';
import type { Tokenizer } from '../tokenizer/tokenizer.ts';
import type { Evaluation } from '../training/evaluate.ts';
import { rollingWindows } from './rolling-windows.ts';
import { scoreSequences } from './score-sequences.ts';
import type { Scorer } from './score-sequences.ts';
import type { Sequence } from './sequence.ts';

/** Options of {@link textLoss}. */
export interface TextLossOptions {
  readonly tokenizer: Pick<Tokenizer, 'bytesPerId'>;
  /** Tokens from one window to the next; default the model's context, so that windows do not overlap. */
  readonly stride?: number;
  /** Called now and then with the tokens that are scored so far. */
  readonly onProgress?: (tokens: number) => void;
}

/** Windows that are scored at once, at least: enough to fill batches, few enough to hold any text. */
const WINDOWS_AT_ONCE = 256;

/**
 * The loss of a model on documents: every token of each counts once, but for its first. See {@link rollingWindows}.
 *
 * @param documents - ids of one document after the other
 * @throws RangeError when the stride does not fit, or no document has two tokens
 */
export async function textLoss(
  scorer: Scorer,
  documents: Iterable<Int32Array> | AsyncIterable<Int32Array>,
  { tokenizer, stride, onProgress }: TextLossOptions,
): Promise<Evaluation> {
  const { context } = scorer.model.config;
  let [nats, tokens, bytes] = [0, 0, 0];
  let waiting: Sequence[] = [];
  const score = async (): Promise<void> => {
    for (const { logLikelihood } of await scoreSequences(scorer, waiting)) nats -= logLikelihood;
    for (const { targets } of waiting) {
      tokens += targets.length;
      bytes += countBytes(targets, tokenizer.bytesPerId);
    }
    waiting = [];
    onProgress?.(tokens);
  };
  for await (const ids of documents) {
    for (const window of rollingWindows(ids, { context, stride: stride ?? context })) {
      waiting.push(window);
      if (waiting.length >= WINDOWS_AT_ONCE) await score();
    }
  }
  if (waiting.length > 0) await score();
  if (tokens === 0) {
    throw new RangeError('textLoss: a text must have at least two tokens, but none of the documents has');
  }
  const lossNats = nats / tokens;
  return { lossNats, bitsPerByte: bitsPerByteOf(lossNats, tokens, bytes), tokens };
}
