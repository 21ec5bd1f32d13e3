import { engine } from '@tensorflow/tfjs-core';
import type { Tensor2D } from '@tensorflow/tfjs-core';
import { checkFloatMatrix, checkSameSize } from '../check-operands.ts';
import { F32_MATMUL } from './kernel-name.ts';
import type { F32MatMulOptions } from './options.ts';
import { registerF32MatMul } from './register.ts';

/**
 * Returns the float32 product `A · B` `[M, N]`, with the same bits every time and on every backend: each sum over K runs
 * in blocks of 384 steps, each from zero, product and sum rounded separately, and the sums of blocks are added in order.
 *
 * Equal bits are tested on cpu, wasm and software WebGPU (Mesa lavapipe); a hardware GPU may contract `a * b + c` and
 * so round differently. Only cpu makes a transposed copy. |error| <= γ · Σ_k |a| |b| with
 * γ ≈ (min(K, 384) + ⌈K / 384⌉) · 2^-24 (Higham 2002, section 3.1). Not differentiable: see `f32Linear`.
 *
 * @param a - float32 `[M, K]`, or `[K, M]` with `transposeA`
 * @param b - float32 `[K, N]`, or `[N, K]` with `transposeB`
 * @throws TypeError when an operand is not float32; RangeError when it is no matrix or K differs
 */
export function f32MatMul(
  a: Tensor2D,
  b: Tensor2D,
  { transposeA = false, transposeB = false }: F32MatMulOptions = {},
): Tensor2D {
  checkFloatMatrix('f32MatMul', 'a', a);
  checkFloatMatrix('f32MatMul', 'b', b);
  checkSameSize('f32MatMul', 'K of a', a.shape[transposeA ? 0 : 1], 'K of b', b.shape[transposeB ? 1 : 0]);
  registerF32MatMul();
  return engine().runKernel(F32_MATMUL, { a, b }, { transposeA, transposeB }) as Tensor2D;
}
