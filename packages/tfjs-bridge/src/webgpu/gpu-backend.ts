import { util } from '@tensorflow/tfjs-core';
import type { DataType, TensorInfo } from '@tensorflow/tfjs-core';

/**
 * What kernels use of tfjs 4.22's WebGPU backend, private members included: that release is frozen, and its public
 * surface allows neither several outputs, nor `enable` directives, nor a pipeline cache that hits.
 */
export interface GpuBackend {
  readonly device: GPUDevice;
  readonly queue: GPUQueue;
  readonly tensorMap: {
    /** The entry of a tensor's data: `values` on the CPU side, `resource` on the GPU, either of which may be missing. */
    get(dataId: object): { values: unknown; resource?: GPUBuffer | null; dtype: DataType; shape: number[] };
  };
  readonly bufferManager: {
    /** A buffer from the pool, of exactly this size and usage. */
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
  /** Makes a tensor; without `values` its buffer is taken from the pool when it is first used. */
  makeTensorInfo(shape: number[], dtype: DataType, values?: unknown): TensorInfo;
  /** Frees the buffer of a tensor that {@link makeTensorInfo} made, once the open command buffer is done with it. */
  disposeData(dataId: object): boolean;
  /** Gives a tensor a GPU buffer, with its values if it has any on the CPU. */
  uploadToGPU(dataId: object): void;
  /** Reads a tensor's values back. */
  read(dataId: object): Promise<Float32Array | Int32Array>;
  /** Opens a command encoder unless one is open. */
  ensureCommandEncoderReady(): void;
  /** Ends the open compute pass, if any. */
  endComputePassEncoder(): void;
  /** Submits the open command encoder and lets go of the buffers that waited for it. */
  submitQueue(): void;
}

/**
 * Makes an uninitialized tensor on the GPU, for {@link runProgram} to write. One of size 0 has its values at once,
 * since there is no buffer that could be read back.
 */
export function gpuOutput(
  backend: GpuBackend,
  shape: readonly number[],
  dtype: 'float32' | 'int32',
): TensorInfo {
  const empty = util.sizeFromShape([...shape]) === 0;
  return backend.makeTensorInfo([...shape], dtype, empty ? util.getTypedArrayFromDType(dtype, 0) : undefined);
}
