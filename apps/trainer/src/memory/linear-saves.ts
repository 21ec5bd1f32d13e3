import type { ActivationOptions } from '@nibble-ml/llama';
import { savesInput } from '@nibble-ml/llama';
import { residualWidth } from '@nibble-ml/occ';
import type { Recipe } from '@nibble-ml/recipes';

/** Bytes of the packed codes of a matrix, eight to a 32-bit word of its row, and of `scales` float32 scales. */
export function packedBytes(rows: number, columns: number, scales: number): number {
  return 4 * rows * Math.ceil(columns / 8) + 4 * scales;
}

/**
 * What a recipe's linear layers keep of their input: packed codes, scales and the sparse residual where activations are
 * FP4, else the input itself.
 */
export function linearSaves({ weights, activations, roles }: Recipe): ActivationOptions['linear'] {
  return (role, rows, inFeatures) => {
    if (weights.format === 'f32' || activations.format === 'f32' || !roles.includes(role)) {
      return savesInput(role, rows, inFeatures);
    }
    const { granularity, outliers } = activations;
    const perToken = granularity === 'token' || outliers !== null;
    const slots = outliers?.compensation === true ? residualWidth(outliers.alpha, inFeatures) : 0;
    // A slot is an index and a value.
    return { input: false, bytes: packedBytes(rows, inFeatures, perToken ? rows : 1) + 8 * rows * slots };
  };
}
