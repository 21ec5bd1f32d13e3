import { residualWidth } from '@nibble-ml/occ';
import { productKind } from '@nibble-ml/recipes';
import type { LayerPrecision } from '@nibble-ml/recipes';
import { packedBytes } from './linear-saves.ts';

/**
 * Bytes that are derived from a weight `[outFeatures, inFeatures]` once per step: packed codes and scales, quantized
 * values in float32 where a product is simulated, and the transposed copy that compensation reads.
 */
export function derivedWeightBytes(layer: LayerPrecision, outFeatures: number, inFeatures: number): number {
  const { weights, activations, hadamard } = layer;
  const packed = hadamard === null ? packedBytes(outFeatures, inFeatures, weights) : 0;
  const columns = hadamard === null ? inFeatures : Math.ceil(inFeatures / hadamard) * hadamard;
  const outliers = 'outliers' in activations ? activations.outliers : null;
  const compensates = outliers?.compensation != null && residualWidth(outliers.alpha, inFeatures) > 0;
  return (
    packed +
    (takesValues(layer) ? 4 * outFeatures * columns : 0) +
    (compensates ? 4 * outFeatures * inFeatures : 0)
  );
}

/** Whether a product takes the weight's quantized values in float32, which are then kept. */
function takesValues(layer: LayerPrecision): boolean {
  const { weights, gradients, hadamard } = layer;
  if (weights.format === 'f32' && hadamard === null) return false;
  if (productKind(layer, 'fprop') === 'f32') return true;
  if (gradients.format !== 'perProduct') return productKind(layer, 'dgrad') === 'f32';
  const operand = gradients.dgrad.weights;
  return 'of' in operand ? operand.of === 'forward' : operand.format === 'asForward';
}
