import { reshape, tensor2d, tidy } from '@tensorflow/tfjs-core';
import type { Tensor1D } from '@tensorflow/tfjs-core';
import { fp4Dequantize } from '@nibble-ml/fp4-gemm';
import type { Fp4Tensor } from '@nibble-ml/fp4-gemm';

/** Eight codes of the E2M1 value 1. */
const ONES = 0x22222222;

/** The scale of every element, float32 `[rows · cols]`: what codes of ones decode to. */
export function expandedScales(quantized: Fp4Tensor): Tensor1D {
  return tidy(() => {
    // tfjs's fill passes the number to a GPU as float32, which has not this many bits.
    const words = new Int32Array(quantized.codes.size).fill(ONES);
    const codes = tensor2d(words, quantized.codes.shape, 'int32');
    return reshape(fp4Dequantize({ ...quantized, codes } as Fp4Tensor), [-1]) as Tensor1D;
  });
}
