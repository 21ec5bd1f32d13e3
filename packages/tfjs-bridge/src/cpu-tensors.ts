import { util } from '@tensorflow/tfjs-core';
import type { TensorInfo } from '@tensorflow/tfjs-core';

/** What kernels use of tfjs's cpu backend. */
export interface CpuBackend {
  /** tfjs's `DataStorage` of this backend. */
  readonly data: {
    /** The entry of a tensor's data. */
    get(dataId: object): {
      /** All elements, row-major; what tfjs itself computes with, not a copy. */
      values: Float32Array | Int32Array;
    };
  };
  /** Makes a tensor that takes over `values`. */
  makeTensorInfo(shape: number[], dtype: 'float32' | 'int32', values: Float32Array | Int32Array): TensorInfo;
}

/** The values of a float32 tensor on the cpu backend: a live view, so writing to it changes the tensor. */
export function cpuFloats(backend: CpuBackend, info: TensorInfo): Float32Array {
  return backend.data.get(info.dataId).values as Float32Array;
}

/** The values of an int32 tensor on the cpu backend: a live view, so writing to it changes the tensor. */
export function cpuInts(backend: CpuBackend, info: TensorInfo): Int32Array {
  return backend.data.get(info.dataId).values as Int32Array;
}

/**
 * Makes a tensor on the cpu backend from `values`, which it takes over.
 *
 * @throws RangeError when `values` does not fill `shape`
 */
export function cpuOutput(
  backend: CpuBackend,
  shape: readonly number[],
  values: Float32Array | Int32Array,
): TensorInfo {
  const size = util.sizeFromShape([...shape]);
  if (values.length !== size) {
    throw new RangeError(
      `cpuOutput: shape [${shape.join(', ')}] needs ${size} values, but got ${values.length}`,
    );
  }
  return backend.makeTensorInfo([...shape], values instanceof Int32Array ? 'int32' : 'float32', values);
}
