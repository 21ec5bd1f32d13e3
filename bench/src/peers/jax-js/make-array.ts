import { numpy as np } from '@jax-js/jax';

/** An array on the default device. */
export function makeArray(values: Float32Array | Int32Array, shape: readonly number[]): np.Array {
  return np.array(values as Float32Array<ArrayBuffer>).reshape([...shape]);
}
