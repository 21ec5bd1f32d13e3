import type { TensorInfo } from '@tensorflow/tfjs-core';
import { gpuOutput } from '@nibble-ml/tfjs-bridge/webgpu';
import type { GpuBackend } from '@nibble-ml/tfjs-bridge/webgpu';

/** What this uses of tfjs's WebGPU backend beyond the bridge. */
interface DisposingBackend {
  disposeData(dataId: object): boolean;
}

/** Calls `body` with a temporary tensor, which goes back to the buffer pool once the commands that use it have run. */
export function withGpuScratch<Result>(
  backend: GpuBackend,
  shape: readonly number[],
  dtype: 'float32' | 'int32',
  body: (scratch: TensorInfo) => Result,
): Result {
  const scratch = gpuOutput(backend, shape, dtype);
  try {
    return body(scratch);
  } finally {
    (backend as unknown as DisposingBackend).disposeData(scratch.dataId);
  }
}
