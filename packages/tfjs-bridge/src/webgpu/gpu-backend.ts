import { util } from '@tensorflow/tfjs-core';
import type { DataType, TensorInfo } from '@tensorflow/tfjs-core';

/**
 * What kernels use of tfjs 4.22's WebGPU backend, private members included: that release is frozen, and its public
 * surface allows neither several outputs, nor `enable` directives, nor a pipeline cache that hits.
 */
export interface GpuBackend {
  /** What tensors live on and kernels run on; public in tfjs. */
  readonly device: GPUDevice;
  /** The device's queue, to which tfjs submits; public in tfjs. */
  readonly queue: GPUQueue;
  /** tfjs's `DataStorage` of this backend; public in tfjs. */
  readonly tensorMap: {
    /** The entry of a tensor's data: `values` on the CPU side, `resource` on the GPU, either of which may be missing. */
    get(dataId: object): {
      /** A typed array; null or undefined where the GPU alone has the values. */
      values: unknown;
      /** A storage buffer with 4 bytes per element; missing before {@link uploadToGPU}. */
      resource?: GPUBuffer | null;
      /** Element type as tfjs names it. */
      dtype: DataType;
      /** That of the tensor the data were made for; a reshaped tensor shares the data and has a shape of its own. */
      shape: number[];
    };
  };
  /** tfjs's pool of GPU buffers; public in tfjs. */
  readonly bufferManager: {
    /** A buffer from the pool, of exactly this size in bytes and this usage. */
    acquireBuffer(size: number, usage: GPUBufferUsageFlags): GPUBuffer;
    /** Bytes of the buffers in use: `numBytesInGPU` of `tf.memory()`. */
    numBytesUsed: number;
    /** Bytes of those and of the buffers kept for reuse: `numBytesAllocatedInGPU` of `tf.memory()`. */
    numBytesAllocated: number;
  };
  /** Records what the next {@link submitQueue} submits; null after one. Private in tfjs. */
  commandEncoder: GPUCommandEncoder | null;
  /** The open compute pass of the command encoder, or null. Private in tfjs. */
  computePassEncoder: GPUComputePassEncoder | null;
  /** Data ids in use by commands not yet submitted, whose buffers are freed only after that. Private in tfjs. */
  commandQueueOwnedIds: WeakSet<object>;
  /** Uniform buffers that go back to the pool after the next submission. Private in tfjs. */
  uniformPendingDisposal: GPUBuffer[];
  /** Dispatches since the last submission; tfjs submits at `WEBGPU_DEFERRED_SUBMIT_BATCH_SIZE`. Private in tfjs. */
  dispatchCountInPass: number;
  /** Timers of the kernels that run inside `tf.time`, not set outside it. Private in tfjs. */
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
