import { getKernel, registerKernel } from '@tensorflow/tfjs-core';
import type { NamedAttrMap, TensorInfo } from '@tensorflow/tfjs-core';

/** Inputs of a kernel by name, as tfjs hands them to a backend. */
export type KernelInputs = Readonly<Record<string, TensorInfo>>;

/**
 * A kernel on one backend.
 *
 * @param inputs - tensors by name
 * @param attrs - plain options
 * @param backend - the tfjs backend instance that owns the tensors
 * @returns the outputs, owned by the caller
 */
export type KernelFunction<Backend, Attrs extends object = object> = (
  inputs: KernelInputs,
  attrs: Attrs,
  backend: Backend,
) => TensorInfo | TensorInfo[];

/**
 * Registers a kernel under `kernelName` for `backendName` ('cpu', 'wasm' or 'webgpu'); does nothing when that pair
 * is registered already. The backend itself need not be loaded yet.
 */
export function registerKernelOnce<Backend, Attrs extends object>(
  kernelName: string,
  backendName: 'cpu' | 'wasm' | 'webgpu',
  kernel: KernelFunction<Backend, Attrs>,
): void {
  if (getKernel(kernelName, backendName) != null) return;
  registerKernel({
    kernelName,
    backendName,
    kernelFunc: ({ inputs, attrs, backend }) =>
      kernel(inputs as unknown as KernelInputs, attrs as NamedAttrMap as Attrs, backend as Backend),
  });
}
