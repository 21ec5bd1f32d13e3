import type { GradConfig, Tensor, Tensor1D, Tensor2D } from '@tensorflow/tfjs-core';
import { fp4MatMulDw } from '../fp4-matmul-dw/fp4-matmul-dw.ts';
import { fp4MatMulDx } from '../fp4-matmul-dx/fp4-matmul-dx.ts';
import type { Fp4Tensor } from '../fp4-tensor.ts';
import type { GradientAttrs } from '../gradient/options.ts';
import { FP4_MATMUL } from './kernel-name.ts';

/**
 * Straight through the quantizers (Bengio et al., arXiv 1308.3432): dX = dY · W_q, dW = dYᵀ · X_q. What is kept for the
 * backward pass is the packed codes with their scales, an eighth of the float32 operands. dX draws its random bits with
 * the seed, dW with the next one.
 */
export const fp4MatMulGradient: GradConfig = {
  kernelName: FP4_MATMUL,
  inputsToSave: ['xCodes', 'xScales', 'wCodes', 'wScales'],
  gradFunc: (dy, saved, attrs) => {
    const { cols, gradient, seed } = attrs as unknown as GradientAttrs;
    const [xCodes, xScales, wCodes, wScales] = saved as [Tensor, Tensor, Tensor, Tensor];
    const dyMN = dy as Tensor2D;
    return {
      x: () => fp4MatMulDx(dyMN, fp4Of(wCodes, wScales, cols), { gradient, seed }),
      w: () => fp4MatMulDw(dyMN, fp4Of(xCodes, xScales, cols), { gradient, seed: (seed + 1) >>> 0 }),
    };
  },
};

function fp4Of(codes: Tensor, scales: Tensor, cols: number): Fp4Tensor {
  const rows = codes.shape[0]!;
  const granularity = scales.size === rows ? 'vector' : 'tensor';
  return { rows, cols, codes: codes as Tensor2D, scales: scales as Tensor1D, granularity };
}
