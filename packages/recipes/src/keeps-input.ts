import type { LayerPrecision } from './layer-precision.ts';
import { isPackable } from './packable.ts';

/**
 * Whether a layer keeps its float32 input for the backward pass, instead of codes, scales and what clamping cut off:
 * where activations have no packed form, or the weight gradient quantizes the input anew.
 */
export function keepsInput({ activations, gradients, hadamard }: LayerPrecision): boolean {
  if (!isPackable(activations) || hadamard !== null) return true;
  if (gradients.format !== 'perProduct') return false;
  const { activations: operand } = gradients.wgrad;
  return 'of' in operand ? operand.of === 'original' : operand.format !== 'asForward';
}
