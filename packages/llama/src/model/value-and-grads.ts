import type { Scalar, Tensor, Variable } from '@tensorflow/tfjs-core';
import { backpropagate } from '../autodiff/backpropagate.ts';
import { record } from '../autodiff/tape.ts';
import { unitGradient } from '../autodiff/unit-gradient.ts';

/** A loss and its gradients. */
export interface ValueAndGrads {
  /** The loss, a float32 scalar; to be disposed by the caller. */
  readonly value: Scalar;
  /**
   * float32 of their shapes, by the names of the parameters and in their order; a parameter the loss does not depend on
   * has none.
   */
  readonly grads: ReadonlyMap<string, Tensor>;
}

/**
 * Runs `loss` and differentiates it. The caller disposes the value and the gradients. What was saved for the backward
 * pass is freed on the way, as soon as it has been used.
 *
 * @param loss - a scalar made from the parameters by differentiable ops of this package, or others with a gradient
 * @param parameters - the variables to differentiate by, as in `Llama.parameters`
 * @throws Error when the loss depends on no parameter, or an op on the way has no gradient
 */
export function valueAndGrads(loss: () => Scalar, parameters: ReadonlyMap<string, Variable>): ValueAndGrads {
  const { result: value, tape } = record(loss);
  const one = unitGradient();
  const found = backpropagate(tape, value, one, [...parameters.values()]);
  one.dispose();
  const grads = new Map<string, Tensor>();
  for (const [i, name] of [...parameters.keys()].entries()) {
    const grad = found[i];
    if (grad !== undefined) grads.set(name, grad);
  }
  if (grads.size === 0) {
    value.dispose();
    throw new Error('valueAndGrads: the loss must depend on a parameter, but depends on none');
  }
  return { value, grads };
}
