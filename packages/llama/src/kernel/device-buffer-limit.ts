import { backend, getBackend } from '@tensorflow/tfjs-core';
import type { GpuBackend } from '@nibble-ml/tfjs-bridge/webgpu';

/** Bytes that one tensor of the current backend may have at most: on webgpu what the device binds, else no limit. */
export function deviceBufferLimit(): number {
  if (getBackend() !== 'webgpu') return Infinity;
  const { limits } = (backend() as unknown as GpuBackend).device;
  return Math.min(limits.maxStorageBufferBindingSize, limits.maxBufferSize);
}
