import { engine } from '@tensorflow/tfjs-core';
import type { Tensor } from '@tensorflow/tfjs-core';

/** A second handle on the same data. The tape follows handles, so no gradient flows back from it. */
export function untracked(tensor: Tensor): Tensor {
  const { dataId, shape, dtype } = tensor;
  engine().backend.incRef(dataId);
  return engine().makeTensorFromTensorInfo({ dataId, shape, dtype });
}
