import { clone, keep } from '@tensorflow/tfjs-core';
import type { Tensor, Tensor2D } from '@tensorflow/tfjs-core';
import { valueAndGrads } from '@nibble-ml/llama';
import type { LinearOp, Llama } from '@nibble-ml/llama';

/**
 * Names the first tensor of a training step that is not finite: a parameter, the input or output of a linear layer in
 * the order of the forward pass, the loss, or a gradient in the order of the backward pass.
 *
 * @returns undefined when everything is finite
 */
export async function findNonFinite(
  model: Llama,
  linear: LinearOp,
  inputsBT: Tensor2D,
  targetsBT: Tensor2D,
): Promise<string | undefined> {
  for (const [name, parameter] of model.parameters) {
    if (!(await isFinite(parameter))) return `parameter ${name}`;
  }
  const seen: { name: string; tensor: Tensor }[] = [];
  const traced: LinearOp = (xMK, wNK, site) => {
    const where = site.block === null ? site.role : `${site.role} in block ${site.block}`;
    seen.push({ name: `input of ${where}`, tensor: keep(clone(xMK)) });
    const yMN = linear(xMK, wNK, site);
    seen.push({ name: `output of ${where}`, tensor: keep(clone(yMN)) });
    return yMN;
  };
  const { value, grads } = valueAndGrads(() => model.loss(inputsBT, targetsBT, traced), model.parameters);
  seen.push({ name: 'loss', tensor: value });
  for (const [name, tensor] of [...grads].toReversed()) seen.push({ name: `gradient of ${name}`, tensor });
  let first: string | undefined;
  for (const { name, tensor } of seen) {
    if (first === undefined && !(await isFinite(tensor))) first = name;
    tensor.dispose();
  }
  return first;
}

async function isFinite(tensor: Tensor): Promise<boolean> {
  return (await tensor.data()).every((value) => Number.isFinite(value));
}
