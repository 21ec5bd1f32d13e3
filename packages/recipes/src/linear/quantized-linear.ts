import { customGrad, tidy } from '@tensorflow/tfjs-core';
import type { Tensor, Tensor1D, Tensor2D, Variable } from '@tensorflow/tfjs-core';
import { applyDge } from '@nibble-ml/dge';
import { f32MatMul, fp4MatMul } from '@nibble-ml/fp4-gemm';
import { applyDgeAndCompensate, compensate, compensateDw, fp4MatMulAndCompensate } from '@nibble-ml/occ';
import { keepsInput } from '../keeps-input.ts';
import type { LayerPrecision } from '../layer-precision.ts';
import { productKind } from '../product-precision.ts';
import { backwardProducts } from './backward-products.ts';
import type { BackwardRandom } from './backward-products.ts';
import type { GemmLog } from './gemm-log.ts';
import type { LinearSite } from './linear-op.ts';
import { activationValues, packActivations, restored, tensorsToSave } from './quantized-activations.ts';
import type { ActivationForms } from './quantized-activations.ts';
import { simulateGradient } from './simulate.ts';
import type { DerivedWeight, WeightCache } from './weight-cache.ts';

/** What the layers of a model share. */
export interface LinearState {
  readonly cache: WeightCache;
  readonly log: GemmLog;
  readonly random: BackwardRandom;
}

/** A linear layer with the learned clip factors of its activations, if it has some. */
export type ClippedLinear = (xMK: Tensor2D, wNK: Tensor2D, site: LinearSite, clip?: Variable) => Tensor2D;

/**
 * A linear layer in the precision of a recipe:
 *
 *     forward   Y  = Q(X) · Q(W)ᵀ (+ ΔX · Wᵀ)
 *     backward  dX = R(dY) · Q(W)            through the quantizer of X
 *               dW = R(dY)ᵀ · Q(X) (⊙ f')    through the quantizer of W (+ dYᵀ · ΔX)
 *
 * Q quantizes, after a Hadamard transform where there is one; ΔX is what clamping cut off; R rounds the output gradient,
 * for each product by itself; f' is the derivative of the gradient estimator's surrogate (arXiv 2501.17116). With
 * gradients `perProduct` the backward products quantize their operands anew. A product runs on the kernels of fp4-gemm
 * where its FP4 operand is packed (both, forward), else on float32 values.
 */
export function createQuantizedLinear(
  layer: LayerPrecision,
  { cache, log, random }: LinearState,
): ClippedLinear {
  return (xMK, wNK, site, clip) => {
    const linear = customGrad((...args) => {
      const save = args.at(-1) as unknown as (tensors: Tensor[]) => void;
      const x = xMK;
      const weight = cache.get(wNK, layer);
      const forms = packActivations(x, layer);
      const yMN = fprop(x, forms, weight, layer, clip);
      log.addProduct(site, 'fprop', layer);
      save(tensorsToSave(x, forms, layer));
      return {
        value: yMN,
        gradFunc: (dyMN: Tensor2D, saved: Tensor[]) => {
          log.addProduct(site, 'dgrad', layer);
          log.addProduct(site, 'wgrad', layer);
          return backward(dyMN, saved, { wNK, weight, forms, layer, random, clip });
        },
      };
    });
    return (clip === undefined ? linear(xMK, wNK) : linear(xMK, wNK, clip)) as Tensor2D;
  };
}

function fprop(
  xMK: Tensor2D,
  forms: ActivationForms,
  weight: DerivedWeight,
  layer: LayerPrecision,
  clip: Variable | undefined,
): Tensor2D {
  const { packed, residual } = forms;
  const { activations } = layer;
  const compensation = 'outliers' in activations ? (activations.outliers?.compensation ?? null) : null;
  const wKN = residual !== null && compensation !== null ? weight.transposed(compensation) : null;
  if (productKind(layer, 'fprop') !== 'f32') {
    return wKN === null
      ? fp4MatMul(packed!, weight.packed()!)
      : fp4MatMulAndCompensate(packed!, weight.packed()!, residual!, wKN);
  }
  const yMN = tidy(() => {
    const values = activationValues(xMK, forms, layer, clip as unknown as Tensor1D | undefined);
    return f32MatMul(values, weight.values(), { transposeB: true });
  });
  if (wKN !== null) compensate(yMN, residual!, wKN);
  return yMN;
}

interface BackwardContext {
  readonly wNK: Tensor2D;
  readonly weight: DerivedWeight;
  readonly forms: ActivationForms;
  readonly layer: LayerPrecision;
  readonly random: BackwardRandom;
  readonly clip: Variable | undefined;
}

function backward(
  dyMN: Tensor2D,
  saved: Tensor[],
  { wNK, weight, forms, layer, random, clip: clipVariable }: BackwardContext,
): Tensor[] {
  const { weights, activations, gradients, hadamard } = layer;
  const clip = clipVariable as unknown as Tensor1D | undefined;
  const isInput = keepsInput(layer);
  const xMK = saved[0] as Tensor2D;
  const { packed, residual } = isInput ? { packed: null, residual: null } : restored(forms, saved);

  const again = (): Tensor2D =>
    activationValues(xMK, isInput ? packActivations(xMK, layer) : { packed, residual }, layer, clip);
  const values = backwardProducts(
    dyMN,
    {
      w: { packed: weight.packed(), original: () => wNK, forward: () => weight.values() },
      x: { packed, original: () => xMK, forward: again },
    },
    gradients,
    random,
  );

  const { dx, dclip } = simulateGradient(values.dx, xMK, { operand: activations, hadamard, clip });
  const { dx: dwNK } = simulateGradient(values.dw, wNK, { operand: weights, hadamard });
  if ('estimator' in weights && weights.estimator.name === 'dge') {
    const { k, clip: bound } = weights.estimator;
    const { scales, ...block } = weight.dgeScales();
    const options = { k, clip: bound, ...block };
    if (residual === null) applyDge(dwNK, wNK, scales, options);
    else applyDgeAndCompensate(dwNK, dyMN, residual, wNK, scales, options);
  } else if (residual !== null) compensateDw(dwNK, dyMN, residual);
  return [dx, dwNK, ...(dclip === undefined ? [] : [dclip])];
}
