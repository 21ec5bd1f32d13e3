import { engine, reshape } from '@tensorflow/tfjs-core';
import type { NamedAttrMap, Tensor1D, Tensor2D } from '@tensorflow/tfjs-core';
import { checkClip, checkK, checkOutside, DEFAULT_CLIP, DEFAULT_K } from '../dge-options.ts';
import type { DgeOutside } from '../dge-options.ts';
import { registerDge } from '../register.ts';
import { APPLY_DGE } from './kernel-name.ts';
import type { ApplyDgeAttrs } from './kernel-name.ts';

/** Options of {@link applyDge}. */
export interface ApplyDgeOptions {
  /** k of f', arXiv 2501.17116, equation 8: at least 1; 1 is straight-through. Default 5. */
  readonly k?: number;
  /** Upper bound of f', positive. Default 3. */
  readonly clip?: number;
  /** What f' is outside [-6, 6]. Default `'edge'`. */
  readonly outside?: DgeOutside;
  /** Columns that share a scale, a divisor of K; left out, those of a row or of the tensor do. */
  readonly block?: number;
}

/**
 * Multiplies the gradient of quantized E2M1 weights by the derivative of the surrogate, in place:
 * dW[n, k] *= min(clip, f'(w[n, k] / scale[n])) (arXiv 2501.17116, equation 6).
 *
 * Only the argument of f' is scaled: with W_q = Q(W/s)·s the factors 1/s and s of the chain rule cancel, whatever the
 * scaling, and the scale itself is not differentiated (appendix C.2, equations 14 to 22).
 *
 * float32, the same bits on every backend (a webgpu device may divide or fuse otherwise in hardware). Within 2e-5
 * relative of the float64 definition, the worst case being next to where the clip acts; exactly dW for k = 1,
 * clip >= 1 and `outside: 'edge'`. A NaN quotient gives NaN.
 *
 * @param dwNK - float32 `[N, K]`, the gradient with respect to the quantized weight; overwritten.
 * @param wNK - float32 `[N, K]`, the unquantized weight.
 * @param scales - float32 `[N]` or `[1]`, or with `block` `[N * K / block]`, row by row: the scale that multiplies on
 *   decode; 0, or a subnormal, stands for zeros.
 * @throws RangeError if shapes do not match, k is below 1, clip is not positive, either is not finite, or K is no
 *   multiple of `block`.
 * @throws TypeError if `outside` is unknown, a tensor is not float32, or dW and w are the same tensor.
 */
export function applyDge(
  dwNK: Tensor2D,
  wNK: Tensor2D,
  scales: Tensor1D,
  options: ApplyDgeOptions = {},
): void {
  const attrs = checkApplyDge('applyDge', dwNK, wNK, scales, options);
  const { block } = options;
  registerDge();
  const run = (dw: Tensor2D, w: Tensor2D): void =>
    void engine().runKernel(APPLY_DGE, { dw, w, scales }, attrs as unknown as NamedAttrMap);
  if (block === undefined) {
    run(dwNK, wNK);
    return;
  }
  // Blocks that fill their rows are the rows of a narrower matrix on the same memory.
  const [dw, w] = [reshape(dwNK, [-1, block]), reshape(wNK, [-1, block])] as [Tensor2D, Tensor2D];
  run(dw, w);
  dw.dispose();
  w.dispose();
}

/**
 * Checks the operands of {@link applyDge} on behalf of `caller`, and returns the attributes.
 *
 * @throws RangeError, TypeError as {@link applyDge}
 */
export function checkApplyDge(
  caller: string,
  dwNK: Tensor2D,
  wNK: Tensor2D,
  scales: Tensor1D,
  { k = DEFAULT_K, clip = DEFAULT_CLIP, outside = 'edge', block }: ApplyDgeOptions,
): ApplyDgeAttrs {
  checkK(caller, k);
  checkClip(caller, clip);
  checkOutside(caller, outside);
  checkTensors(caller, [dwNK, wNK, scales], block);
  return { k, clip, outside };
}

function checkTensors(
  caller: string,
  [dwNK, wNK, scales]: readonly [Tensor2D, Tensor2D, Tensor1D],
  block: number | undefined,
): void {
  for (const [name, tensor] of Object.entries({ dwNK, wNK, scales })) {
    if (tensor.dtype !== 'float32') {
      throw new TypeError(`${caller}: ${name} must be float32, but got ${tensor.dtype}`);
    }
  }
  const [rows, cols] = dwNK.shape;
  if (dwNK.rank !== 2 || wNK.rank !== 2 || wNK.shape[0] !== rows || wNK.shape[1] !== cols) {
    throw new RangeError(
      `${caller}: dwNK and wNK must have the same shape [N, K], but got ` +
        `[${dwNK.shape.join(', ')}] and [${wNK.shape.join(', ')}]`,
    );
  }
  if (block !== undefined) {
    checkBlock(caller, block, [rows, cols], scales);
  } else if (scales.rank !== 1 || (scales.size !== rows && scales.size !== 1)) {
    throw new RangeError(
      `${caller}: scales must have shape [${rows}] or [1], but got [${scales.shape.join(', ')}]`,
    );
  }
  if (dwNK.dataId === wNK.dataId) {
    throw new TypeError(
      `${caller}: dwNK is overwritten and must not be wNK, but got one tensor; clone its values`,
    );
  }
}

function checkBlock(caller: string, block: number, [rows, cols]: [number, number], scales: Tensor1D): void {
  if (!Number.isInteger(block) || block < 1 || cols % block !== 0) {
    throw new RangeError(
      `${caller}: block must be a whole number that divides the ${cols} columns, but got ${block}; give a scale per element, and block 1`,
    );
  }
  const count = (rows * cols) / block;
  if (scales.rank !== 1 || scales.size !== count) {
    throw new RangeError(
      `${caller}: scales must have shape [${count}] with block ${block}, but got [${scales.shape.join(', ')}]`,
    );
  }
}
