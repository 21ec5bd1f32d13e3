import { backend, getBackend } from '@tensorflow/tfjs-core';
import type { GpuBackend } from '@nibble-ml/tfjs-bridge/webgpu';

/** How much one kernel call may touch at once. */
export interface BindingLimits {
  /** Tensors. */
  readonly tensors: number;
  /** 4-byte words in one tensor. */
  readonly words: number;
}

/** What the current backend allows: the limits of its device on webgpu, and as good as none elsewhere. */
export function bindingLimits(): BindingLimits {
  if (getBackend() !== 'webgpu') return { tensors: Infinity, words: 2 ** 28 };
  const { limits } = (backend() as unknown as GpuBackend).device;
  return {
    tensors: limits.maxStorageBuffersPerShaderStage,
    words: Math.floor(Math.min(limits.maxStorageBufferBindingSize, limits.maxBufferSize) / 4),
  };
}
