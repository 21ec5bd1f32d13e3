import type { Tensor1D, Tensor2D } from '@tensorflow/tfjs-core';
import { fp4Dequantize, fp4Quantize } from '@nibble-ml/fp4-gemm';
import { occQuantize } from '@nibble-ml/occ';
import type { SparseRows } from '@nibble-ml/occ';
import type { LayerPrecision } from '../layer-precision.ts';
import { packOptions } from '../packable.ts';
import { paddedHadamard } from './padded-hadamard.ts';
import { activationValues, packActivations } from './quantized-activations.ts';
import { simulate } from './simulate.ts';

/**
 * An operand of a forward product before and after it is rounded, float32 `[rows, K]`, K filled up to a multiple of the
 * size of a Hadamard transform; one tensor where it is not rounded.
 */
export interface RoundedOperand {
  /** After the Hadamard transform, where the recipe has one. */
  readonly exact: Tensor2D;
  /** What the product takes, without what clamping cut off. */
  readonly rounded: Tensor2D;
}

/** What the forward product of a linear layer multiplies. */
export interface ForwardOperands {
  /** `[M, K]`, one row per token. */
  readonly activations: RoundedOperand;
  /** `[N, K]`, one row per output channel. */
  readonly weights: RoundedOperand;
  /** What clamping cut off the activations; null where nothing is clamped. */
  readonly residual: SparseRows | null;
  /** Whether the product adds the residual back. */
  readonly isCompensated: boolean;
}

/**
 * Quantizes the operands of a layer as its forward product does, to be looked at: same kernels, same bits. Some of the
 * tensors may be the arguments themselves, so call it inside `tidy`.
 *
 * @param clip - the layer's learned clip factors, if it has some
 */
export function forwardOperands(
  xMK: Tensor2D,
  wNK: Tensor2D,
  layer: LayerPrecision,
  clip?: Tensor1D,
): ForwardOperands {
  const { weights, activations, hadamard } = layer;
  const turned = (x: Tensor2D): Tensor2D =>
    hadamard === null ? x : paddedHadamard(x, { size: hadamard, axis: 1 });
  const options = hadamard === null ? packOptions(weights) : null;
  const forms = packActivations(xMK, layer);
  const outliers = forms.packed !== null && 'outliers' in activations ? activations.outliers : null;
  const isCompensated = outliers !== null && outliers.compensation !== null;
  return {
    activations: {
      exact: turned(xMK),
      rounded: activationValues(xMK, forms, layer, clip),
    },
    weights: {
      exact: turned(wNK),
      rounded:
        options === null
          ? simulate(wNK, { operand: weights, hadamard })
          : fp4Dequantize(fp4Quantize(wNK, options)),
    },
    // Where it is not added back, the layer's own forms leave it out.
    residual:
      outliers === null || isCompensated
        ? forms.residual
        : occQuantize(xMK, { alpha: outliers.alpha }).residual,
    isCompensated,
  };
}
