import { getKernel, registerKernel, unregisterKernel } from '@tensorflow/tfjs-core';
import type { KernelBackend, TensorInfo } from '@tensorflow/tfjs-core';

const replaced = new WeakSet<object>();

/**
 * Makes a clone on the wasm backend share its data, as on tfjs's other backends. tfjs-wasm copies, and the gradient
 * tape clones every tensor it saves, so that would double the memory of a training step and cost its time.
 */
export function shareClones(): void {
  const current = getKernel('Identity', 'wasm');
  if (current == null || replaced.has(current)) return;
  unregisterKernel('Identity', 'wasm');
  registerKernel({
    kernelName: 'Identity',
    backendName: 'wasm',
    kernelFunc: ({ inputs, backend }) => {
      const { dataId, shape, dtype } = inputs['x'] as TensorInfo;
      (backend as KernelBackend).incRef(dataId);
      return { dataId, shape, dtype };
    },
  });
  replaced.add(getKernel('Identity', 'wasm'));
}
