import type { Fp4QuantizeOptions } from '@nibble-ml/fp4-gemm';
import type { ForwardOperand, QuantizedActivations, QuantizedWeights } from './layer-precision.ts';

/** How `fp4Quantize` makes the codes and scales of an operand, or null where they are simulated. */
export function packOptions(operand: ForwardOperand): Fp4QuantizeOptions | null {
  return isPackable(operand) ? optionsOf(operand) : null;
}

/** Whether `fp4Quantize` gives an operand's codes and scales. */
export function isPackable(operand: ForwardOperand): operand is QuantizedWeights | QuantizedActivations {
  if (operand.format !== 'e2m1' || operand.scale === 'quest') return false;
  const { granularity } = operand;
  const isFit =
    typeof granularity === 'string' || (typeof granularity.block === 'number' && granularity.block % 8 === 0);
  return isFit && !('clip' in operand && operand.clip !== null);
}

function optionsOf({ granularity, scale }: QuantizedWeights | QuantizedActivations): Fp4QuantizeOptions {
  const kind = scale as Exclude<typeof scale, 'quest'>;
  if (granularity === 'tensor') return { granularity, scale: kind };
  if (typeof granularity === 'string') return { granularity: 'vector', scale: kind };
  return { granularity: { block: granularity.block as number }, scale: kind };
}
