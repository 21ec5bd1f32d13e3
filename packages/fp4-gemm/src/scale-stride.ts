import type { TensorInfo } from '@tensorflow/tfjs-core';

/** How far apart the scales of neighbouring rows lie: 1 with one scale per row, 0 with one in all. */
export function scaleStride(codes: TensorInfo, scales: TensorInfo): 0 | 1 {
  // A matrix of one row has one scale either way.
  return codes.shape[0] === scales.shape[0] ? 1 : 0;
}
