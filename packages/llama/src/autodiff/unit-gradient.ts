import { clone, mul, scalar } from '@tensorflow/tfjs-core';
import type { Scalar, Tensor } from '@tensorflow/tfjs-core';

const units = new WeakSet<Tensor>();

/** The gradient of a loss by itself, 1, which {@link scaledBy} knows without reading it. */
export function unitGradient(): Scalar {
  const one = scalar(1);
  units.add(one);
  return one;
}

/** `gradient` times the scalar `dy`; where that is {@link unitGradient} nothing is computed and the data are shared. */
export function scaledBy(gradient: Tensor, dy: Scalar): Tensor {
  return units.has(dy) ? clone(gradient) : mul(gradient, dy);
}
