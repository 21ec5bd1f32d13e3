import { tensor, tidy, variable } from '@tensorflow/tfjs-core';
import type { Scalar, Tensor2D, Variable } from '@tensorflow/tfjs-core';
import { checkBuffers } from '../config/check-buffers.ts';
import { validateConfig } from '../config/llama-config.ts';
import type { LlamaConfig } from '../config/llama-config.ts';
import { checkTensor } from '../kernel/check-tensor.ts';
import { deviceBufferLimit } from '../kernel/device-buffer-limit.ts';
import { checkpointings } from './checkpointing.ts';
import type { Checkpointing } from './checkpointing.ts';
import { forward, forwardLoss } from './forward.ts';
import { initialValues } from './initial-values.ts';
import type { LinearOp } from './linear-op.ts';
import { parameterShapes } from './parameter-shapes.ts';
import type { ParameterShape } from './parameter-shapes.ts';

/** A LLaMA model with its parameters on the current tfjs backend. */
export interface Llama {
  /** The shape of the model. */
  readonly config: LlamaConfig;
  /**
   * Trainable variables by name, in order of use: `embedding.weight`, `blocks.0.attention.qkv.weight`, …; weights are
   * `[out, in]`.
   */
  readonly parameters: ReadonlyMap<string, Variable>;
  /**
   * Logits float32 `[B · T, V]`: row `b · T + t` scores the token after token t of sequence b.
   *
   * @param tokensBT - int32 `[B, T]`, each in `[0, V)`
   * @throws RangeError when T exceeds the model's context, there are no tokens, or one is out of range (cpu, wasm);
   *   TypeError when they are not int32
   */
  forward(tokensBT: Tensor2D, linear: LinearOp): Tensor2D;
  /**
   * Mean cross-entropy in nats. The head is run on a chunk of rows at a time, as role `head`, so that the logits of all
   * rows never exist at once.
   *
   * @param tokensBT - int32 `[B, T]`
   * @param targetsBT - int32 `[B, T]`: the token that follows each token
   * @throws RangeError when the shapes differ, and as `forward`; TypeError when a dtype is not int32
   */
  loss(tokensBT: Tensor2D, targetsBT: Tensor2D, linear: LinearOp): Scalar;
  /** Frees the parameters. */
  dispose(): void;
}

/** Options of {@link createLlama}. */
export interface CreateLlamaOptions {
  /** Integer; the same seed gives the same parameters on every backend. */
  readonly seed: number;
  /** Whether the backward pass of `loss` runs each block again, to save memory; the bits are the same. Default none. */
  readonly checkpointing?: Checkpointing;
}

/**
 * Makes a model with freshly drawn parameters.
 *
 * @throws RangeError when the config does not describe a model, `checkpointing` is unknown, the seed is no integer, or a
 *   parameter is larger than a buffer of the device may be, before anything is allocated
 */
export function createLlama(
  config: LlamaConfig,
  { seed, checkpointing = 'none' }: CreateLlamaOptions,
): Llama {
  validateConfig(config);
  if (!checkpointings.includes(checkpointing)) {
    throw new RangeError(
      `createLlama: checkpointing must be one of ${checkpointings.join(', ')}, but got ${checkpointing}`,
    );
  }
  if (!Number.isSafeInteger(seed))
    throw new RangeError(`createLlama: seed must be an integer, but got ${seed}`);
  return llamaFromValues(config, (shape) => initialValues(shape, seed), checkpointing);
}

/**
 * Makes a model whose parameters have the values that `valuesOf` gives, of the right length each. It is asked for one
 * parameter after the other; what it throws leaves none behind.
 *
 * @throws RangeError when a parameter is larger than a buffer of the device may be, before anything is allocated; Error
 *   when `valuesOf` gives another number of values; what it throws
 */
export function llamaFromValues(
  config: LlamaConfig,
  valuesOf: (parameter: ParameterShape) => Float32Array,
  checkpointing: Checkpointing = 'none',
): Llama {
  // The batch is not known yet: one token is the least that a step has.
  checkBuffers(config, { batch: 1, context: 1 }, deviceBufferLimit());
  const parameters = new Map<string, Variable>();
  try {
    for (const shape of parameterShapes(config)) {
      const value = tidy(() => variable(tensor(valuesOf(shape), [...shape.shape], 'float32')));
      parameters.set(shape.name, value);
    }
  } catch (error) {
    for (const value of parameters.values()) value.dispose();
    throw error;
  }
  const model = { config, parameters };
  return {
    config,
    parameters,
    forward(tokensBT, linear) {
      checkTokens('Llama.forward', tokensBT, config);
      return forward(model, tokensBT, linear);
    },
    loss(tokensBT, targetsBT, linear) {
      checkTokens('Llama.loss', tokensBT, config);
      checkTensor('Llama.loss', 'targetsBT', targetsBT, 'int32', 2);
      if (tokensBT.shape.join() !== targetsBT.shape.join()) {
        throw new RangeError(
          `Llama.loss: there must be one target per token, but got tokens of shape [${tokensBT.shape.join(', ')}] and targets of shape [${targetsBT.shape.join(', ')}]`,
        );
      }
      return forwardLoss(model, tokensBT, targetsBT, linear, checkpointing);
    },
    dispose() {
      for (const value of parameters.values()) value.dispose();
    },
  };
}

function checkTokens(functionName: string, tokensBT: Tensor2D, { context }: LlamaConfig): void {
  checkTensor(functionName, 'tokensBT', tokensBT, 'int32', 2);
  if (tokensBT.shape[1] > context || tokensBT.size === 0) {
    throw new RangeError(
      `${functionName}: sequences must have 1 to ${context} tokens, the model's context, but got shape [${tokensBT.shape.join(', ')}]; cut them`,
    );
  }
}
