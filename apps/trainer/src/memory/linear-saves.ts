import type { LinearSaves } from '@nibble-ml/llama';
import { residualWidth } from '@nibble-ml/occ';
import { keepsInput, packOptions } from '@nibble-ml/recipes';
import type { ForwardOperand, LayerPrecision } from '@nibble-ml/recipes';

/**
 * Bytes of the packed codes of a matrix, eight to a 32-bit word of its row, and of its scales; 0 where the operand has no
 * packed form.
 */
export function packedBytes(rows: number, columns: number, operand: ForwardOperand): number {
  const options = packOptions(operand);
  if (options === null) return 0;
  return 4 * rows * Math.ceil(columns / 8) + scaleBytes(rows, columns, options);
}

function scaleBytes(
  rows: number,
  columns: number,
  { granularity, scale }: NonNullable<ReturnType<typeof packOptions>>,
): number {
  if (granularity === 'tensor') return 4;
  if (typeof granularity !== 'object') return 4 * rows;
  const blocks = Math.ceil(columns / granularity.block);
  if (scale === 'exact' || scale === 'powerOfTwo') return 4 * rows * blocks;
  // Codes of a byte, each row from a new word, and with E4M3 a factor for the tensor.
  return 4 * rows * Math.ceil(blocks / 4) + (scale === 'e4m3' ? 4 : 0);
}

/**
 * What a linear layer keeps of its input: packed codes, scales and the sparse residual where activations have them, else
 * the input itself.
 */
export function linearSaves(layer: LayerPrecision, rows: number, inFeatures: number): LinearSaves {
  if (keepsInput(layer)) return { input: true, bytes: 0 };
  const { activations } = layer;
  const outliers = 'outliers' in activations ? activations.outliers : null;
  const slots = outliers?.compensation == null ? 0 : residualWidth(outliers.alpha, inFeatures);
  // A slot is an index and a value.
  return { input: false, bytes: packedBytes(rows, inFeatures, activations) + 8 * rows * slots };
}
