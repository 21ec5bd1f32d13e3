import type { DataType, TensorInfo } from '@tensorflow/tfjs-core';

/**
 * What kernels use of tfjs 4.22's WebGPU backend, private members included: that release is frozen, and its public
 * surface allows neither several outputs, nor `enable` directives, nor a pipeline cache that hits.
 */
export interface GpuBackend {
  readonly device: GPUDevice;
  readonly queue: GPUQueue;
  readonly tensorMap: {
    get(dataId: object): { values: unknown; resource?: GPUBuffer | null; dtype: DataType; shape: number[] };
  };
  readonly bufferManager: {
    acquireBuffer(size: number, usage: GPUBufferUsageFlags): GPUBuffer;
    numBytesUsed: number;
    numBytesAllocated: number;
  };
  commandEncoder: GPUCommandEncoder | null;
  computePassEncoder: GPUComputePassEncoder | null;
  commandQueueOwnedIds: WeakSet<object>;
  uniformPendingDisposal: GPUBuffer[];
  dispatchCountInPass: number;
  activeTimers: unknown[] | null;
  makeTensorInfo(shape: number[], dtype: DataType, values?: unknown): TensorInfo;
  uploadToGPU(dataId: object): void;
  ensureCommandEncoderReady(): void;
  endComputePassEncoder(): void;
  submitQueue(): void;
}

/** Makes an uninitialized tensor on the GPU, for {@link runProgram} to write. */
export function gpuOutput(
  backend: GpuBackend,
  shape: readonly number[],
  dtype: 'float32' | 'int32',
): TensorInfo {
  return backend.makeTensorInfo([...shape], dtype);
}
