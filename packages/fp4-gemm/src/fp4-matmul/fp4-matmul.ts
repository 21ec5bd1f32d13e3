import { engine } from '@tensorflow/tfjs-core';
import type { Tensor1D, Tensor2D } from '@tensorflow/tfjs-core';
import { checkFp4, checkSameSize } from '../check-operands.ts';
import { checkExactK } from '../exact-sum.ts';
import { fp4BlockMatMul } from '../fp4-block-matmul/fp4-block-matmul.ts';
import { isBlockScaled } from '../fp4-tensor.ts';
import type { Fp4Tensor } from '../fp4-tensor.ts';
import type { Fp4GradientOptions } from '../gradient/options.ts';
import { FP4_MATMUL } from './kernel-name.ts';
import { registerFp4MatMul } from './register.ts';

/**
 * Returns `Y = X · Wᵀ`, float32 `[M, N]`, of two FP4 matrices that both have K contiguous.
 *
 * The sum over K is an exact integer; `y = ((float32(sum) * 0.25) * sx[m]) * sw[n]`, each product rounded to float32.
 * So every backend and kernel variant gives the same bits, as long as no product leaves the normal float32 range (a GPU
 * may flush subnormals).
 *
 * Where an operand is scaled by blocks, the sum over a block is the exact integer, and the terms of the B blocks, each as y
 * above, are added in float32 in order: within (B + 1) · 2^-24 · Σ_b |term_b| of the exact product of codes and scales, to
 * first order. The same bits on cpu, wasm and software WebGPU; the compiler of a hardware GPU may contract a product and a
 * sum to one rounding, within the same bound.
 *
 * @param xMK - activations `[M, K]`
 * @param wNK - weights `[N, K]`; if both are scaled by blocks, of the same size
 * Not differentiable: `fp4Linear` is.
 *
 * @throws RangeError when K or the blocks differ, codes or scales do not fit their shape, the exact sums are longer than
 *   116,508, where `float32(sum)` would round, or `NIBBLE_WASM_SIMD` or `NIBBLE_WEBGPU_VARIANT` forces what cannot run
 */
export function fp4MatMul(xMK: Fp4Tensor, wNK: Fp4Tensor): Tensor2D {
  if (isBlockScaled(xMK) || isBlockScaled(wNK)) return fp4BlockMatMul('fp4MatMul', xMK, wNK);
  return runFp4MatMul('fp4MatMul', xMK, wNK);
}

/** Runs the kernel; `originals` are the matrices that gradients are routed to, and `gradient` is how. */
export function runFp4MatMul(
  caller: string,
  x: Fp4Tensor,
  w: Fp4Tensor,
  originals: { readonly x?: Tensor2D; readonly w?: Tensor2D } = {},
  gradient: Required<Fp4GradientOptions> = { gradient: 'f32', seed: 0 },
): Tensor2D {
  const inputs = fp4MatMulInputs(caller, x, w);
  registerFp4MatMul();
  return engine().runKernel(
    FP4_MATMUL,
    { ...inputs, ...originals },
    { cols: x.cols, ...gradient },
  ) as Tensor2D;
}

/** The inputs of the kernel. */
export interface Fp4MatMulInputs {
  /** int32 `[M, ceil(K / 8)]`, eight codes to a word. */
  readonly xCodes: Tensor2D;
  /** float32 `[M]` or `[1]`. */
  readonly xScales: Tensor1D;
  /** int32 `[N, ceil(K / 8)]`, eight codes to a word. */
  readonly wCodes: Tensor2D;
  /** float32 `[N]` or `[1]`. */
  readonly wScales: Tensor1D;
}

/**
 * The inputs of the kernel for operands that are not scaled by blocks.
 *
 * @throws RangeError as `fp4MatMul`, in the name of the caller
 */
export function fp4MatMulInputs(caller: string, x: Fp4Tensor, w: Fp4Tensor): Fp4MatMulInputs {
  checkFp4(caller, 'x', x);
  checkFp4(caller, 'w', w);
  checkSameSize(caller, 'columns of x', x.cols, 'columns of w', w.cols);
  checkExactK(caller, x.cols);
  return { xCodes: x.codes, xScales: x.scales, wCodes: w.codes, wScales: w.scales };
}
