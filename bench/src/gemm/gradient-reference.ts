import '@tensorflow/tfjs-backend-cpu';
import { setBackend, tensor2d } from '@tensorflow/tfjs-core';
import { disposeFp4, fp4MatMulDw, fp4MatMulDx, fp4Quantize } from '@nibble-ml/fp4-gemm';
import type { GemmTask } from '../contest/task.ts';
import { int8Seed, resultShape, sampleRows } from './operands.ts';
import type { Operands } from './operands.ts';

/**
 * The sampled rows of `fp4MatMulDx` or `fp4MatMulDw`, to the bit: what `@nibble-ml/fp4-gemm` computes on tfjs's `cpu`
 * backend, which runs the definition of these products.
 */
export async function exactGradientRows(
  { op, shape: [m, k, n] }: GemmTask,
  { xMK, wNK, dyMN }: Operands,
  gradient: 'f32' | 'int8',
): Promise<Float32Array> {
  await setBackend('cpu');
  const options = gradient === 'int8' ? { gradient, seed: int8Seed } : {};
  const dy = tensor2d(dyMN, [m, n]);
  const operand = op === 'dgrad' ? tensor2d(wNK, [n, k]) : tensor2d(xMK, [m, k]);
  const quantized = fp4Quantize(operand);
  const result = op === 'dgrad' ? fp4MatMulDx(dy, quantized, options) : fp4MatMulDw(dy, quantized, options);
  const values = (await result.data()) as Float32Array;
  for (const tensor of [dy, operand, result]) tensor.dispose();
  disposeFp4(quantized);
  return sampleRows(values, ...resultShape(op, [m, k, n]));
}
