import type { Tensor } from '@tensorflow/tfjs-core';
import type { BlockScaleFormat } from './fp4-scales/block-scales.ts';
import { isBlockScaled } from './fp4-tensor.ts';
import type { Fp4BlockScaled, Fp4Tensor } from './fp4-tensor.ts';

/** Attributes of kernels that read an `Fp4Tensor`. */
export interface Fp4ColsAttribute {
  /** Columns of the FP4 matrix: its last word of a row may be partly filled. */
  readonly cols: number;
}

/** Attributes of kernels that read the scales of blocks. */
export interface Fp4BlockAttributes extends Fp4ColsAttribute {
  /** Columns of a block; 0 for one scale per row or in all. */
  readonly block: number;
  /** How the scales are stored; `'f32'` for one per row or in all. */
  readonly scaleFormat: BlockScaleFormat;
}

/** The {@link Fp4BlockAttributes} of a tensor. */
export function blockAttributes(tensor: Fp4Tensor): Fp4BlockAttributes {
  const { cols } = tensor;
  if (!isBlockScaled(tensor)) return { cols, block: 0, scaleFormat: 'f32' };
  return { cols, block: tensor.granularity.block, scaleFormat: tensor.scaleFormat };
}

/** The tensors of an `Fp4Tensor` as inputs of a kernel: `codes`, `scales` and, with E4M3 scales, `tensorScale`. */
export function fp4Inputs(tensor: Fp4Tensor): { [name: string]: Tensor } {
  const { codes, scales } = tensor;
  const tensorScale = isBlockScaled(tensor) ? tensor.tensorScale : null;
  return tensorScale === null ? { codes, scales } : { codes, scales, tensorScale };
}

/** The block-scaled tensor with other handles on its codes and scales: what a gradient gets from the tape. */
export function withTensors(tensor: Fp4BlockScaled, tensors: readonly Tensor[]): Fp4BlockScaled {
  const [codes, scales, tensorScale = null] = tensors as unknown as [
    Fp4BlockScaled['codes'],
    Fp4BlockScaled['scales'],
    Fp4BlockScaled['tensorScale']?,
  ];
  return { ...tensor, codes, scales, tensorScale };
}
