import type { TensorInfo } from '@tensorflow/tfjs-core';

/** What every tfjs backend has for this. */
interface CountingBackend {
  incRef(dataId: object): void;
}

/** A further tensor with the data of `info`, which live as long as either, for a kernel to return. */
export function shared(backend: object, { dataId, shape, dtype }: TensorInfo): TensorInfo {
  (backend as CountingBackend).incRef(dataId);
  return { dataId, shape, dtype };
}
