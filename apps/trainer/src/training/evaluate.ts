import { tidy } from '@tensorflow/tfjs-core';
import type { Scalar } from '@tensorflow/tfjs-core';
import type { LinearOp, Llama } from '@nibble-ml/llama';
import type { Tokenizer } from '../tokenizer/load-tokenizer.ts';
import { bitsPerByteOf, countBytes } from '../data/bits-per-byte.ts';
import type { TokenSource } from '../data/token-source.ts';
import { validationWindows } from '../data/validation-windows.ts';
import { batchTensors } from './batch-tensors.ts';
import type { PreparedRun } from './prepared-run.ts';

/** The loss of a model on a text. */
export interface Evaluation {
  /** Mean negative log-likelihood of a token, in nats. */
  readonly lossNats: number;
  /** The same, in bits for each byte of text: comparable between vocabularies. */
  readonly bitsPerByte: number;
  /** Tokens predicted. */
  readonly tokens: number;
}

/** Options of {@link evaluate}. */
export interface EvaluateOptions {
  readonly model: Llama;
  readonly linear: LinearOp;
  readonly tokens: TokenSource;
  readonly tokenizer: Tokenizer;
  /** Windows evaluated at once. */
  readonly batchSize: number;
  /** Windows at most, spread evenly over the text; default all. */
  readonly maxWindows?: number;
  /** Called after each batch with the share that is done. */
  readonly onProgress?: (done: number) => void;
  /** Waits after each batch, as between two steps of training; default not at all. */
  readonly nextTurn?: PreparedRun['nextTurn'];
}

/**
 * Evaluates a model on consecutive windows of a text, each without what came before it.
 *
 * @throws RangeError when the text is shorter than one window
 */
export async function evaluate(options: EvaluateOptions): Promise<Evaluation> {
  const {
    model,
    linear,
    tokens,
    tokenizer,
    batchSize,
    maxWindows = Infinity,
    onProgress,
    nextTurn,
  } = options;
  const { context } = model.config;
  const all = validationWindows(tokens, context);
  const stride = Math.max(1, all.length / maxWindows);
  const count = Math.min(all.length, maxWindows);
  // The loss of the batch before is read while the next one is computed.
  let unread: { readonly loss: Scalar; readonly windows: number } | undefined;
  let total = 0;
  const addUnread = async (): Promise<void> => {
    if (unread === undefined) return;
    total += (await unread.loss.data())[0]! * unread.windows;
    unread.loss.dispose();
    unread = undefined;
  };
  let targetBytes = 0;
  for (let start = 0; start < count; start += batchSize) {
    const batch = Array.from({ length: Math.min(batchSize, count - start) }, (_, i) =>
      all.at(Math.floor((start + i) * stride)),
    );
    for (const { targets } of batch) targetBytes += countBytes(targets, tokenizer.bytesPerId);
    const loss = tidy(() => {
      const { inputsBT, targetsBT } = batchTensors(
        {
          inputs: join(batch.map(({ inputs }) => inputs)),
          targets: join(batch.map(({ targets }) => targets)),
        },
        batch.length,
      );
      return model.loss(inputsBT, targetsBT, linear);
    });
    await addUnread();
    unread = { loss, windows: batch.length };
    onProgress?.((start + batch.length) / count);
    await nextTurn?.(addUnread);
  }
  await addUnread();
  const lossNats = total / count;
  const targetTokens = count * context;
  return {
    lossNats,
    bitsPerByte: bitsPerByteOf(lossNats, targetTokens, targetBytes),
    tokens: targetTokens,
  };
}

function join(parts: readonly Int32Array[]): Int32Array {
  const joined = new Int32Array(parts.reduce((size, part) => size + part.length, 0));
  let at = 0;
  for (const part of parts) {
    joined.set(part, at);
    at += part.length;
  }
  return joined;
}
