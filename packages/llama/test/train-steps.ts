import { mul, sub, tidy } from '@tensorflow/tfjs-core';
import type { Tensor2D } from '@tensorflow/tfjs-core';
import { readFloats } from '@nibble-ml/testing';
import type { Llama } from '../src/model/create-llama.ts';
import { denseLinear } from '../src/model/dense-linear.ts';
import { valueAndGrads } from '../src/model/value-and-grads.ts';

/** Trains with plain stochastic gradient descent; returns the loss before each step. */
export async function trainSteps(
  model: Llama,
  tokensBT: Tensor2D,
  targetsBT: Tensor2D,
  steps: number,
  learningRate: number,
): Promise<number[]> {
  const losses: number[] = [];
  for (let step = 0; step < steps; step++) {
    const { value, grads } = valueAndGrads(
      () => model.loss(tokensBT, targetsBT, denseLinear),
      model.parameters,
    );
    for (const [name, grad] of grads) {
      const variable = model.parameters.get(name)!;
      const next = tidy(() => sub(variable, mul(grad, learningRate)));
      variable.assign(next);
      next.dispose();
      grad.dispose();
    }
    losses.push((await readFloats(value))[0]!);
    value.dispose();
  }
  return losses;
}
