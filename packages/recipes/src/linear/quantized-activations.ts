import type { Tensor, Tensor1D, Tensor2D } from '@tensorflow/tfjs-core';
import { fp4Dequantize, fp4Quantize } from '@nibble-ml/fp4-gemm';
import type { Fp4Tensor } from '@nibble-ml/fp4-gemm';
import { occQuantize } from '@nibble-ml/occ';
import type { SparseRows } from '@nibble-ml/occ';
import { keepsInput } from '../keeps-input.ts';
import type { LayerPrecision } from '../layer-precision.ts';
import { packOptions } from '../packable.ts';
import { simulate } from './simulate.ts';

/** The activations of one call: codes where there are some, and what was cut off. */
export interface ActivationForms {
  /** Codes and scales, or null where activations are simulated. */
  readonly packed: Fp4Tensor | null;
  readonly residual: SparseRows | null;
}

/** Quantizes activations as far as there is a packed form of them. */
export function packActivations(xMK: Tensor2D, { activations, hadamard }: LayerPrecision): ActivationForms {
  const options = hadamard === null ? packOptions(activations) : null;
  if (options === null) return { packed: null, residual: null };
  const outliers = 'outliers' in activations ? activations.outliers : null;
  if (outliers === null) return { packed: fp4Quantize(xMK, options), residual: null };
  const { alpha, compensation } = outliers;
  const { quantized, residual } = occQuantize(xMK, {
    alpha,
    ...(compensation === null ? {} : { compensation }),
  });
  return { packed: quantized, residual: compensation === null ? null : residual };
}

/** The values that products take, float32 `[M, K]`. */
export function activationValues(
  xMK: Tensor2D,
  { packed }: ActivationForms,
  { activations, hadamard }: LayerPrecision,
  clip: Tensor1D | undefined,
): Tensor2D {
  return packed === null ? simulate(xMK, { operand: activations, hadamard, clip }) : fp4Dequantize(packed);
}

/** What the backward pass needs: codes, scales and residual, or else the input, from which it makes the same values again. */
export function tensorsToSave(
  xMK: Tensor2D,
  { packed, residual }: ActivationForms,
  layer: LayerPrecision,
): Tensor[] {
  if (keepsInput(layer) || packed === null) return [xMK];
  return [
    packed.codes,
    packed.scales,
    ...('tensorScale' in packed && packed.tensorScale !== null ? [packed.tensorScale] : []),
    ...(residual === null ? [] : [residual.indices, residual.values]),
  ];
}

/** The forms with the tensors that were saved, in the order of {@link tensorsToSave}. */
export function restored({ packed, residual }: ActivationForms, saved: readonly Tensor[]): ActivationForms {
  if (packed === null) return { packed, residual };
  const left = [...saved];
  const next = <Kind extends Tensor>(): Kind => left.shift() as Kind;
  const parts = { codes: next<Tensor2D>(), scales: next<Tensor1D>() };
  const hasTensorScale = 'tensorScale' in packed && packed.tensorScale !== null;
  return {
    packed: (hasTensorScale
      ? { ...packed, ...parts, tensorScale: next<Tensor1D>() }
      : { ...packed, ...parts }) as Fp4Tensor,
    residual: residual === null ? null : { ...residual, indices: next<Tensor2D>(), values: next<Tensor2D>() },
  };
}
