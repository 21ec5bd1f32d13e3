import { add, customGrad } from '@tensorflow/tfjs-core';
import type { Scalar, Tensor, Tensor2D } from '@tensorflow/tfjs-core';
import { meterHeap } from '@nibble-ml/testing';
import type { Llama } from '../src/model/create-llama.ts';
import type { LinearOp } from '../src/model/linear-op.ts';
import { valueAndGrads } from '../src/model/value-and-grads.ts';

/**
 * Bytes that a step of `model` holds on wasm when its forward pass is over and its backward pass begins, the loss
 * included, and the most that it ever holds.
 */
export function heldBytes(
  model: Llama,
  tokensBT: Tensor2D,
  targetsBT: Tensor2D,
  linear: LinearOp,
): { held: number; most: number } {
  const meter = meterHeap();
  let held = Number.NaN;
  const note = customGrad((loss) => ({
    value: add(loss as Tensor, 0),
    gradFunc: (dy: Tensor) => {
      held = meter.used();
      return add(dy, 0);
    },
  }));
  try {
    const { value, grads } = valueAndGrads(
      () => note(model.loss(tokensBT, targetsBT, linear)) as Scalar,
      model.parameters,
    );
    for (const tensor of [value, ...grads.values()]) tensor.dispose();
    return { held, most: meter.most() };
  } finally {
    meter.stop();
  }
}
