import { normalFloats, seededRandom } from '@nibble-ml/testing';
import type { StepTask } from '../contest/task.ts';

/** Hyperparameters that every implementation shares: Adam without weight decay and clipping. */
export const adam = { learningRate: 1e-3, beta1: 0.9, beta2: 0.95, epsilon: 1e-8 };

/** Steps whose losses are compared before timing. */
export const checkedSteps = 4;

/** The LLaMA that every implementation trains: pre-norm, RMSNorm with gain, RoPE, SwiGLU, untied head. */
export interface StepModel {
  readonly vocabulary: number;
  readonly width: number;
  readonly blocks: number;
  readonly heads: number;
  readonly headDim: number;
  readonly ffn: number;
  readonly batch: number;
  readonly context: number;
  readonly ropeTheta: number;
  readonly normEpsilon: number;
}

/** A parameter with the names and the layout `[out, in]` of `@nibble-ml/llama`. */
export interface StepParameter {
  readonly name: string;
  readonly shape: readonly number[];
  readonly values: Float32Array;
}

/** The model of a task: 4 heads, vocabulary 512, hidden width 8/3 of the width, rounded to a multiple of 32. */
export function stepModel({ width, blocks, batch, context }: Omit<StepTask, 'kind'>): StepModel {
  const ffn = Math.round((8 * width) / 3 / 32) * 32;
  const sizes = { vocabulary: 512, width, blocks, heads: 4, headDim: width / 4, ffn, batch, context };
  return { ...sizes, ropeTheta: 10_000, normEpsilon: 1e-5 };
}

/** The seeded parameters, the same in every process. */
export function stepParameters({ vocabulary, width, blocks, ffn }: StepModel): StepParameter[] {
  const deviation = 0.02;
  const residual = deviation / Math.sqrt(2 * blocks);
  const parameters: StepParameter[] = [];
  const normal = (name: string, rows: number, cols: number, standardDeviation: number): void => {
    const values = normalFloats(rows * cols, parameters.length + 1, standardDeviation);
    parameters.push({ name, shape: [rows, cols], values });
  };
  const ones = (name: string): void => {
    parameters.push({ name, shape: [width], values: new Float32Array(width).fill(1) });
  };
  normal('embedding.weight', vocabulary, width, deviation);
  for (let block = 0; block < blocks; block++) {
    ones(`blocks.${block}.attention.norm.weight`);
    normal(`blocks.${block}.attention.qkv.weight`, 3 * width, width, deviation);
    normal(`blocks.${block}.attention.output.weight`, width, width, residual);
    ones(`blocks.${block}.mlp.norm.weight`);
    normal(`blocks.${block}.mlp.gate_up.weight`, 2 * ffn, width, deviation);
    normal(`blocks.${block}.mlp.down.weight`, width, ffn, residual);
  }
  ones('norm.weight');
  normal('head.weight', vocabulary, width, deviation);
  return parameters;
}

/** Random token ids `[batch, context]` and for each the next one. */
export function stepBatch({ vocabulary, batch, context }: StepModel): {
  tokens: Int32Array;
  targets: Int32Array;
} {
  const random = seededRandom(9);
  const text = Int32Array.from({ length: batch * (context + 1) }, () => Math.floor(random() * vocabulary));
  const tokens = new Int32Array(batch * context);
  const targets = new Int32Array(batch * context);
  for (let row = 0; row < batch; row++) {
    const start = row * (context + 1);
    tokens.set(text.subarray(start, start + context), row * context);
    targets.set(text.subarray(start + 1, start + 1 + context), row * context);
  }
  return { tokens, targets };
}

/** Cosines and sines `[context, headDim]` of the rotary angles, each half of a row twice, as "rotate half" needs them. */
export function ropeTables({ context, headDim, ropeTheta }: StepModel): {
  cos: Float32Array;
  sin: Float32Array;
} {
  const cos = new Float32Array(context * headDim);
  const sin = new Float32Array(context * headDim);
  for (let i = 0; i < cos.length; i++) {
    const angle = Math.floor(i / headDim) * ropeTheta ** ((-2 * (i % (headDim / 2))) / headDim);
    cos[i] = Math.cos(angle);
    sin[i] = Math.sin(angle);
  }
  return { cos, sin };
}

/** Number of all parameters. */
export function parameterCount(model: StepModel): number {
  return stepParameters(model).reduce((sum, { values }) => sum + values.length, 0);
}
