import { isSoftwareAdapter } from '@nibble-ml/tfjs-bridge/webgpu';
import type { AttentionAttrs } from './kernel.ts';

/** Positions that one thread of an attention kernel holds, one to a lane of a vector. */
export type Lanes = 1 | 2 | 4;

/** Lanes of the three attention kernels; the bits do not depend on them. */
export interface AttentionLanes {
  /** Of the forward kernel: a query and its output in registers. */
  readonly query: Lanes;
  /** Of the gradient of queries: a query and two gradients in registers. */
  readonly queryGrad: Lanes;
  /** Of the gradient of keys and values: a key, a value and their gradients in registers. */
  readonly keyGrad: Lanes;
}

/** The lanes that suit a device. */
export function attentionLanes({ headDim }: AttentionAttrs, device: GPUDevice): AttentionLanes {
  // On a CPU a row costs much to read and nothing is lost when a head is kept in memory.
  if (isSoftwareAdapter({ info: device.adapterInfo } as GPUAdapter)) {
    return { query: 4, queryGrad: 2, keyGrad: 2 };
  }
  // Two where the registers of a GPU thread, 255 on most, hold `heads` heads of both with room for a row: more would
  // spill, and take long to compile.
  const lanes = (heads: number): Lanes => (2 * heads * headDim <= 192 ? 2 : 1);
  return { query: lanes(2), queryGrad: lanes(3), keyGrad: lanes(4) };
}
