import { customGrad } from '@tensorflow/tfjs-core';
import type { Tensor, Tensor1D, Tensor2D } from '@tensorflow/tfjs-core';
import { applyDge } from '@nibble-ml/dge';
import { fp4MatMul, fp4MatMulDw, fp4MatMulDx, fp4Quantize } from '@nibble-ml/fp4-gemm';
import type { Fp4GradientOptions, Fp4Tensor } from '@nibble-ml/fp4-gemm';
import { compensate, compensateDw, occQuantize } from '@nibble-ml/occ';
import type { SparseRows } from '@nibble-ml/occ';
import { logFp4 } from './gemm-log.ts';
import type { GemmLog } from './gemm-log.ts';
import type { LinearOp } from './linear-op.ts';
import type { RandomStream } from './random-stream.ts';
import type { Fp4Activations, Fp4Weights, Recipe } from './recipe.ts';
import type { WeightCache } from './weight-cache.ts';

/** A recipe whose weights and activations are FP4. */
export interface Fp4Recipe extends Recipe {
  readonly weights: Fp4Weights;
  readonly activations: Fp4Activations;
}

/** What the layers of a model share. */
export interface Fp4LinearState {
  readonly cache: WeightCache;
  readonly log: GemmLog;
  readonly random: RandomStream;
}

/**
 * A linear layer in FP4 (arXiv 2501.17116):
 *
 *     forward   Y  = Q(clamp(X)) · Q(W)ᵀ + ΔX · Wᵀ
 *     backward  dX = dY · Q(W)
 *               dW = (dYᵀ · Q(clamp(X))) ⊙ f'(W / scale) + dYᵀ · ΔX
 *
 * ΔX is what clamping cut off (zero without outlier handling), f' is the derivative of the gradient estimator's
 * surrogate (1 for straight-through). dY is rounded as the recipe says, for each product by itself; the sparse product
 * takes it as it is. Only the packed codes, their scales and the sparse residual are kept for the
 * backward pass.
 */
export function createFp4Linear(
  { weights, activations, gradients: { format: gradient } }: Fp4Recipe,
  { cache, log, random }: Fp4LinearState,
): LinearOp {
  const rounding = (): Fp4GradientOptions =>
    gradient === 'int8' || gradient === 'nvfp4' ? { gradient, seed: random.next() } : { gradient };
  return (xMK, wNK, site) => {
    const linear = customGrad((x, w, save) => {
      const wQuantized = cache.quantized(w as Tensor2D);
      const { quantized, residual } = quantizeActivations(x as Tensor2D, activations);
      const yMN = fp4MatMul(quantized, wQuantized);
      if (residual !== null) compensate(yMN, residual, cache.transposed(w as Tensor2D));
      logFp4(log, site, 'fprop', gradient, residual !== null);
      (save as (tensors: Tensor[]) => void)([
        quantized.codes,
        quantized.scales,
        wQuantized.codes,
        wQuantized.scales,
        ...(residual === null ? [] : [residual.indices, residual.values]),
      ]);
      return {
        value: yMN,
        gradFunc: (dyMN: Tensor2D, saved: Tensor[]) => {
          const [xCodes, xScales, wCodes, wScales, indices, values] = saved;
          const savedX: Fp4Tensor = { ...quantized, codes: xCodes as Tensor2D, scales: xScales as Tensor1D };
          const savedW: Fp4Tensor = { ...wQuantized, codes: wCodes as Tensor2D, scales: wScales as Tensor1D };
          const dxMK = fp4MatMulDx(dyMN, savedW, rounding());
          const dwNK = fp4MatMulDw(dyMN, savedX, rounding());
          if (weights.estimator.name === 'dge') applyDge(dwNK, wNK, savedW.scales, weights.estimator);
          if (residual !== null) {
            compensateDw(dwNK, dyMN, {
              ...residual,
              indices: indices as Tensor2D,
              values: values as Tensor2D,
            });
          }
          logFp4(log, site, 'dgrad', gradient, false);
          logFp4(log, site, 'wgrad', gradient, residual !== null);
          return [dxMK, dwNK];
        },
      };
    });
    return linear(xMK, wNK) as Tensor2D;
  };
}

function quantizeActivations(
  xMK: Tensor2D,
  { granularity, outliers }: Fp4Activations,
): { quantized: Fp4Tensor; residual: SparseRows | null } {
  if (outliers === null) {
    const quantized = fp4Quantize(xMK, { granularity: granularity === 'token' ? 'vector' : 'tensor' });
    return { quantized, residual: null };
  }
  const { quantized, residual } = occQuantize(xMK, { alpha: outliers.alpha });
  return { quantized, residual: outliers.compensation ? residual : null };
}
