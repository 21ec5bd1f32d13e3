import { engine } from '@tensorflow/tfjs-core';
import type { Tensor2D } from '@tensorflow/tfjs-core';
import { checkCount, checkTensor } from '../kernel/check-tensor.ts';
import { registerGradientOnce, registerOp } from '../kernel/register-op.ts';
import { causalAttentionCpu, causalAttentionGradCpu } from './cpu.ts';
import { causalAttentionGradient } from './gradient.ts';
import { CAUSAL_ATTENTION, CAUSAL_ATTENTION_GRAD } from './kernel.ts';
import type { AttentionAttrs } from './kernel.ts';
import { causalAttentionWasm, causalAttentionGradWasm } from './wasm.ts';
import { causalAttentionWebGpu, causalAttentionGradWebGpu } from './webgpu.ts';

/** Options of {@link causalAttention}. */
export interface CausalAttentionOptions {
  /** Sequences. */
  readonly batch: number;
  /** Tokens per sequence: row `b · context + t` is token t of sequence b. */
  readonly context: number;
  /** Query heads. */
  readonly nHeads: number;
  /** Key and value heads, a divisor of nHeads: query head h reads key head `floor(h · nKvHeads / nHeads)`. */
  readonly nKvHeads: number;
  /** Components per head. */
  readonly headDim: number;
}

/**
 * Causal grouped-query attention (arXiv 2305.13245):
 * `out[t] = Σ_{j ≤ t} softmax_j(q[t] · k[j] / sqrt(headDim)) v[j]`. Differentiable. No context × context matrix is
 * stored, forward or backward (arXiv 2205.14135).
 *
 * @param qkvME - float32 `[batch · context, (nHeads + 2 nKvHeads) · headDim]`: query, key and value heads
 * @returns float32 `[batch · context, nHeads · headDim]`
 * @throws RangeError when the shape or an option does not fit
 * @throws TypeError when the dtype is not float32
 */
export function causalAttention(qkvME: Tensor2D, options: CausalAttentionOptions): Tensor2D {
  const attrs = attentionAttrs('causalAttention', qkvME, options);
  return engine().tidy(() => engine().runKernel<Tensor2D[]>(CAUSAL_ATTENTION, { qkv: qkvME }, attrs)[0]!);
}

/** Attributes of the kernels, which it registers; throws unless qkv and the options fit together. */
export function attentionAttrs(
  functionName: string,
  qkvME: Tensor2D,
  { batch, context, nHeads, nKvHeads, headDim }: CausalAttentionOptions,
): AttentionAttrs {
  checkTensor(functionName, 'qkvME', qkvME, 'float32', 2);
  for (const [name, value] of Object.entries({ batch, context, nHeads, nKvHeads, headDim })) {
    checkCount(functionName, name, value);
  }
  if (nHeads % nKvHeads !== 0) {
    throw new RangeError(
      `${functionName}: nHeads must be a multiple of nKvHeads, but got ${nHeads} and ${nKvHeads}; each key head serves the same number of query heads`,
    );
  }
  const width = (nHeads + 2 * nKvHeads) * headDim;
  if (qkvME.shape[0] !== batch * context || qkvME.shape[1] !== width) {
    throw new RangeError(
      `${functionName}: qkvME must have shape [${batch * context}, ${width}], but got [${qkvME.shape.join(', ')}]`,
    );
  }
  registerCausalAttention();
  return { batch, context, nHeads, nKvHeads, headDim };
}

function registerCausalAttention(): void {
  registerOp(CAUSAL_ATTENTION, {
    cpu: causalAttentionCpu,
    wasm: causalAttentionWasm,
    webgpu: causalAttentionWebGpu,
  });
  registerOp(CAUSAL_ATTENTION_GRAD, {
    cpu: causalAttentionGradCpu,
    wasm: causalAttentionGradWasm,
    webgpu: causalAttentionGradWebGpu,
  });
  registerGradientOnce(causalAttentionGradient);
}
