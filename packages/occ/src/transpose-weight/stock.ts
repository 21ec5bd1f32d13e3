import type { KernelInputs } from '@nibble-ml/tfjs-bridge';
import { getKernel } from '@tensorflow/tfjs-core';
import type { NamedTensorInfoMap, TensorInfo } from '@tensorflow/tfjs-core';

/** Calls tfjs's own kernel of a backend. */
export function transposeWeightStock(
  backendName: 'cpu' | 'webgpu',
): (inputs: KernelInputs, attrs: object, backend: object) => TensorInfo | TensorInfo[] {
  return ({ w }, _attrs, backend) =>
    getKernel('Transpose', backendName).kernelFunc({
      inputs: { x: w! } satisfies NamedTensorInfoMap,
      attrs: { perm: [1, 0] },
      backend,
    });
}
