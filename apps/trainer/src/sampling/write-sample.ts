import { setImmediate } from 'node:timers/promises';
import { generateTokens } from '@nibble-ml/llama';
import type { GenerateTokensOptions, GenerativeModel } from '@nibble-ml/llama';
import type { Tokenizer } from '../tokenizer/tokenizer.ts';
import { createTextStream } from './text-stream.ts';

/** One text that a model wrote. */
export interface WrittenSample {
  readonly seed: number;
  /** Without the prompt. */
  readonly text: string;
  readonly tokens: number;
  /** Why it ends: so many tokens were asked for, the model ended the text, or the signal aborted. */
  readonly ended: 'length' | 'endOfText' | 'interrupted';
}

/** Options of {@link writeSample}. */
export interface WriteSampleOptions extends Omit<GenerateTokensOptions, 'signal' | 'idLimit'> {
  readonly model: GenerativeModel;
  readonly tokenizer: Tokenizer;
  /** At least one token. */
  readonly promptIds: ArrayLike<number>;
  /** Called with each piece of text, of whole characters. */
  readonly onText: (text: string) => void;
  readonly signal: AbortSignal;
}

/** Writes a text after a prompt, piece by piece. An abort ends it early and is no error. */
export async function writeSample({
  model,
  tokenizer,
  promptIds,
  onText,
  signal,
  ...options
}: WriteSampleOptions): Promise<WrittenSample> {
  const stream = createTextStream(tokenizer, promptIds);
  let text = '';
  const tell = (piece: string): void => {
    text += piece;
    if (piece !== '') onText(piece);
  };
  let tokens = 0;
  for await (const id of generateTokens(model, promptIds, {
    ...options,
    idLimit: tokenizer.vocabSize,
  })) {
    tokens++;
    tell(stream.push(id));
    // wasm computes while it is called: without a pause no signal and no other event would ever be handled.
    await setImmediate();
    if (signal.aborted) break;
  }
  tell(stream.end());
  const isWhole = tokens === options.maxNewTokens;
  return {
    seed: options.seed,
    text,
    tokens,
    ended: isWhole ? 'length' : signal.aborted ? 'interrupted' : 'endOfText',
  };
}
