import { variableGrads } from '@tensorflow/tfjs-core';
import type { Scalar, Tensor, Variable } from '@tensorflow/tfjs-core';

/** A loss and its gradients. */
export interface ValueAndGrads {
  readonly value: Scalar;
  /** By the names of the parameters, in their order; a parameter the loss does not depend on has none. */
  readonly grads: ReadonlyMap<string, Tensor>;
}

/**
 * Runs `loss` and differentiates it. The caller disposes the value and the gradients.
 *
 * @param loss - a scalar made from the parameters by differentiable ops of this package, or others with a gradient
 * @param parameters - the variables to differentiate by, as in `Llama.parameters`
 * @throws Error when the loss depends on no parameter
 */
export function valueAndGrads(loss: () => Scalar, parameters: ReadonlyMap<string, Variable>): ValueAndGrads {
  const { value, grads: byVariable } = variableGrads(loss, [...parameters.values()]);
  const grads = new Map<string, Tensor>();
  for (const [name, { name: variableName }] of parameters) {
    const grad = byVariable[variableName];
    if (grad != null) grads.set(name, grad);
  }
  return { value, grads };
}
