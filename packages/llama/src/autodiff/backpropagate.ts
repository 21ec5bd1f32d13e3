import { add, clone, tidy } from '@tensorflow/tfjs-core';
import type { Tensor } from '@tensorflow/tfjs-core';
import { freeSaved } from './tape.ts';
import type { TapeNode } from './tape.ts';

/**
 * Gradients of `y` by each of `xs`, from the tape on which it was recorded. Walks the tape backwards and frees each
 * node's saved tensors and each gradient as soon as nothing further needs it; tfjs's own walk keeps them all to the end.
 *
 * @param dy - gradient by y, of its shape; y itself may be disposed already
 * @returns a tensor for each of `xs`, or undefined where y does not depend on it
 * @throws Error when a kernel on the way has no gradient
 */
export function backpropagate(
  tape: readonly TapeNode[],
  y: Tensor,
  dy: Tensor,
  xs: readonly Tensor[],
): (Tensor | undefined)[] {
  const dependent = idsThatDependOn(xs, tape);
  const gradients = new Map([[y.id, dy]]);
  const release = (gradient: Tensor): void => {
    if (gradient !== dy && ![...gradients.values()].includes(gradient)) gradient.dispose();
  };
  let unvisited = tape.length;
  try {
    return tidy(() => {
      while (unvisited > 0) {
        const node = tape[--unvisited]!;
        const dys = node.outputs.map(({ id }) => gradients.get(id) ?? null);
        if (dys.some((gradient) => gradient !== null)) {
          for (const { id } of node.outputs) gradients.delete(id);
          const inputs = Object.entries(node.inputs).filter(([, { id }]) => dependent.has(id));
          const dxs = inputs.length === 0 ? [] : gradientsOf(node, dys, inputs);
          for (const [i, [, { id }]] of inputs.entries()) {
            const before = gradients.get(id);
            gradients.set(id, before === undefined ? dxs[i]! : add(before, dxs[i]!));
            if (before !== undefined) for (const summand of [before, dxs[i]!]) release(summand);
          }
          for (const gradient of dys) if (gradient !== null) release(gradient);
        }
        freeSaved(node);
      }
      // The caller owns the results, and dy as well: they must not be one tensor.
      return xs.map(({ id }) => (gradients.get(id) === dy ? clone(dy) : gradients.get(id)!));
    });
  } finally {
    while (unvisited > 0) freeSaved(tape[--unvisited]!);
  }
}

function gradientsOf(
  node: TapeNode,
  dys: readonly (Tensor | null)[],
  inputs: readonly [string, Tensor][],
): Tensor[] {
  const { gradient } = node;
  if (gradient === undefined) {
    throw new Error(`backpropagate: ${node.kernelName} has no gradient; use an op that has one`);
  }
  return tidy(() => {
    const dxs = gradient(dys);
    return inputs.map(([name]) => {
      const dx = dxs[name];
      if (dx === undefined) {
        throw new Error(`backpropagate: ${node.kernelName} has no gradient by its input ${name}`);
      }
      return dx();
    });
  });
}

/** Ids of `xs` and of everything made from them. */
function idsThatDependOn(xs: readonly Tensor[], tape: readonly TapeNode[]): Set<number> {
  const dependent = new Set(xs.map(({ id }) => id));
  for (const { inputs, outputs } of tape) {
    if (Object.values(inputs).some(({ id }) => dependent.has(id))) {
      for (const { id } of outputs) dependent.add(id);
    }
  }
  return dependent;
}
