import type { TensorInfo } from '@tensorflow/tfjs-core';
import type { F32MatMulOptions } from './options.ts';
import type { MatMulShape } from './reference.ts';

/** The sizes of the product of two tensors whose shapes were checked. */
export function matMulShape(a: TensorInfo, b: TensorInfo, options: Required<F32MatMulOptions>): MatMulShape {
  const { transposeA, transposeB } = options;
  const [m, k] = (transposeA ? a.shape.toReversed() : a.shape) as [number, number];
  return { m, n: b.shape[transposeB ? 0 : 1]!, k, transposeA, transposeB };
}
