import type { NamedTensorMap, Tensor } from '@tensorflow/tfjs-core';
import type { ChunkGroup } from './chunk-groups.ts';

/** The tensors of a group's chunks as inputs of a kernel: `name0`, `name1`, … in the order of the chunks. */
export function groupedInputs(
  { chunks }: ChunkGroup,
  tensorsByName: Readonly<Record<string, readonly Tensor[]>>,
): NamedTensorMap {
  const inputs: NamedTensorMap = {};
  for (const [name, tensors] of Object.entries(tensorsByName)) {
    for (const [k, { tensor }] of chunks.entries()) inputs[`${name}${k}`] = tensors[tensor]!;
  }
  return inputs;
}

/** Tensors as inputs of a kernel: `name0`, `name1`, … */
export function numberedInputs(name: string, tensors: readonly Tensor[]): NamedTensorMap {
  return Object.fromEntries(tensors.map((tensor, k) => [`${name}${k}`, tensor]));
}
