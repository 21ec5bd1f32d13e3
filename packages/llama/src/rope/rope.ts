import { engine } from '@tensorflow/tfjs-core';
import type { Tensor2D } from '@tensorflow/tfjs-core';
import { checkCount, checkTensor } from '../kernel/check-tensor.ts';
import { registerGradientOnce, registerOp } from '../kernel/register-op.ts';
import { anglesOf } from './angles.ts';
import { ropeCpu } from './cpu.ts';
import { ropeGradient } from './gradient.ts';
import { ROPE } from './kernel.ts';
import type { RopeAttrs } from './kernel.ts';
import { validateRopeScaling } from './rope-scaling.ts';
import type { RopeScaling } from './rope-scaling.ts';
import { ropeWasm } from './wasm.ts';
import { ropeWebGpu } from './webgpu.ts';

/** Options of {@link rope}. */
export interface RopeOptions {
  /** Query heads. */
  readonly nHeads: number;
  /** Key and value heads. */
  readonly nKvHeads: number;
  /** Components per head, even. */
  readonly headDim: number;
  /** Rows per sequence: row `b · context + t` is token t of sequence b. */
  readonly context: number;
  /** Base of the angles: `position · theta^(-2i / headDim)`. */
  readonly theta: number;
  /** How the angles are scaled for more positions. Default not at all. */
  readonly scaling?: RopeScaling | undefined;
  /** Position of the first row of each sequence. Default 0. */
  readonly offset?: number;
}

/**
 * Rotary position embedding (arXiv 2104.09864) of the query and key heads of fused qkv rows; value heads pass. The
 * layout is Hugging Face's "rotate half": component i of a head pairs with component i + headDim / 2.
 * Differentiable. The angles are computed once in float64, so they have the same bits on every backend; the table is
 * cached with the backend.
 *
 * @param qkvME - float32 `[M, (nHeads + 2 nKvHeads) · headDim]`, M a multiple of context
 * @returns float32, shaped as `qkvME`
 * @throws RangeError when the shape or an option does not fit
 * @throws TypeError when the dtype is not float32
 */
export function rope(qkvME: Tensor2D, options: RopeOptions): Tensor2D {
  const { nHeads, nKvHeads, headDim, context, theta, scaling, offset = 0 } = options;
  checkTensor('rope', 'qkvME', qkvME, 'float32', 2);
  for (const [name, value] of Object.entries({ nHeads, nKvHeads, headDim, context }))
    checkCount('rope', name, value);
  checkCount('rope', 'offset', offset, 0);
  if (headDim % 2 !== 0) throw new RangeError(`rope: headDim must be even, but got ${headDim}`);
  if (!(theta > 0)) throw new RangeError(`rope: theta must be positive, but got ${theta}`);
  if (scaling !== undefined) validateRopeScaling(scaling);
  const [rows, width] = qkvME.shape;
  if (width !== (nHeads + 2 * nKvHeads) * headDim || rows % context !== 0) {
    throw new RangeError(
      `rope: qkvME must have shape [a multiple of ${context}, ${(nHeads + 2 * nKvHeads) * headDim}], but got [${rows}, ${width}]`,
    );
  }
  registerRope();
  const attrs: RopeAttrs = {
    rotatedHeads: nHeads + nKvHeads,
    headDim,
    context,
    angles: anglesOf(theta, scaling),
    offset,
    direction: 1,
  };
  return engine().runKernel<Tensor2D>(ROPE, { qkv: qkvME }, attrs);
}

function registerRope(): void {
  registerOp(ROPE, { cpu: ropeCpu, wasm: ropeWasm, webgpu: ropeWebGpu });
  registerGradientOnce(ropeGradient);
}
