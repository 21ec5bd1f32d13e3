import type { TensorInfo } from '@tensorflow/tfjs-core';
import { gpuOutput } from '@nibble-ml/tfjs-bridge/webgpu';
import type { GpuBackend } from '@nibble-ml/tfjs-bridge/webgpu';

/** Makes a float32 tensor on the GPU for a program to write; an empty one, which no program writes, can be read. */
export function gpuResult(backend: GpuBackend, shape: readonly number[]): TensorInfo {
  return shape.includes(0) ? gpuZeros(backend, shape) : gpuOutput(backend, shape, 'float32');
}

/** Makes a float32 tensor of zeros, uploaded when first used. */
export function gpuZeros(backend: GpuBackend, shape: readonly number[]): TensorInfo {
  const size = shape.reduce((product, length) => product * length, 1);
  return backend.makeTensorInfo([...shape], 'float32', new Float32Array(size));
}
