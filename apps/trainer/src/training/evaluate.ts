import { tidy } from '@tensorflow/tfjs-core';
import type { Scalar } from '@tensorflow/tfjs-core';
import type { LinearOp, Llama } from '@nibble-ml/llama';
import type { Tokenizer } from '../tokenizer/load-tokenizer.ts';
import { bitsPerByte } from '../data/bits-per-byte.ts';
import { validationWindows } from '../data/validation-windows.ts';
import { batchTensors } from './batch-tensors.ts';

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
  readonly tokens: Int32Array;
  readonly tokenizer: Tokenizer;
  /** Windows evaluated at once. */
  readonly batchSize: number;
  /** Windows at most, spread evenly over the text; default all. */
  readonly maxWindows?: number;
  /** Called after each batch with the share that is done. */
  readonly onProgress?: (done: number) => void;
}

/**
 * Evaluates a model on consecutive windows of a text, each without what came before it.
 *
 * @throws RangeError when the text is shorter than one window
 */
export async function evaluate(options: EvaluateOptions): Promise<Evaluation> {
  const { model, linear, tokens, tokenizer, batchSize, maxWindows = Infinity, onProgress } = options;
  const all = validationWindows(tokens, model.config.context);
  const stride = Math.max(1, all.length / maxWindows);
  const windows = Array.from(
    { length: Math.min(all.length, maxWindows) },
    (_, i) => all[Math.floor(i * stride)]!,
  );
  const losses: Scalar[] = [];
  const sizes: number[] = [];
  let total = 0;
  for (let start = 0; start < windows.length; start += batchSize) {
    const batch = windows.slice(start, start + batchSize);
    losses.push(
      tidy(() => {
        const { inputsBT, targetsBT } = batchTensors(
          {
            inputs: join(batch.map(({ inputs }) => inputs)),
            targets: join(batch.map(({ targets }) => targets)),
          },
          batch.length,
        );
        return model.loss(inputsBT, targetsBT, linear);
      }),
    );
    sizes.push(batch.length);
    onProgress?.((start + batch.length) / windows.length);
  }
  for (const [i, loss] of losses.entries()) {
    total += (await loss.data())[0]! * sizes[i]!;
    loss.dispose();
  }
  const lossNats = total / windows.length;
  const targets = join(windows.map((window) => window.targets));
  return {
    lossNats,
    bitsPerByte: bitsPerByte(lossNats, targets, tokenizer.bytesPerId),
    tokens: targets.length,
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
