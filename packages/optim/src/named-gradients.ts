import type { Tensor } from '@tensorflow/tfjs-core';

/** Gradients by parameter name: a map, or the record that `variableGrads` of tfjs returns. */
export type Gradients = ReadonlyMap<string, Tensor> | Readonly<Record<string, Tensor>>;

/** The gradients as a map, which is what they are or what a record is made into. */
export function gradientMap(gradients: Gradients): ReadonlyMap<string, Tensor> {
  return gradients instanceof Map ? gradients : new Map(Object.entries(gradients));
}

/** Throws a TypeError unless `gradient` is float32, a RangeError unless it is shaped like the parameter `name`. */
export function checkGradient(
  caller: string,
  name: string,
  gradient: Tensor,
  shape: readonly number[],
): void {
  if (gradient.dtype !== 'float32') {
    throw new TypeError(
      `${caller}: the gradient of ${name} must be float32, but got ${gradient.dtype}; cast it first`,
    );
  }
  if (gradient.shape.join() !== shape.join()) {
    throw new RangeError(
      `${caller}: the gradient of ${name} must have shape [${shape.join(', ')}], but got [${gradient.shape.join(', ')}]; pass the gradient of that parameter`,
    );
  }
}
