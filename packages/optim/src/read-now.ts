import { getBackend } from '@tensorflow/tfjs-core';
import type { Tensor } from '@tensorflow/tfjs-core';

/**
 * A copy of a tensor's values as they are at the time of the call, whatever is written in place before the promise is
 * kept: tfjs's cpu backend hands out the tensor's own memory, and late.
 */
export function readNow(tensor: Tensor): Promise<Float32Array | Int32Array> {
  const isLive = getBackend() !== 'webgpu';
  const values = isLive ? Promise.resolve(tensor.dataSync().slice()) : tensor.data();
  return values as Promise<Float32Array | Int32Array>;
}
