import { getGradient, registerGradient } from '@tensorflow/tfjs-core';
import type { GradConfig } from '@tensorflow/tfjs-core';
import { registerKernelOnce } from '@nibble-ml/tfjs-bridge';
import type { CpuBackend, KernelFunction } from '@nibble-ml/tfjs-bridge';
import type { WasmBackend } from '@nibble-ml/tfjs-bridge/wasm';
import type { GpuBackend } from '@nibble-ml/tfjs-bridge/webgpu';

/** One kernel on each backend. */
export interface OpKernels<Attrs extends object> {
  readonly cpu: KernelFunction<CpuBackend, Attrs>;
  readonly wasm: KernelFunction<WasmBackend, Attrs>;
  readonly webgpu: KernelFunction<GpuBackend, Attrs>;
}

/** Registers a kernel on every backend; does nothing the second time. */
export function registerOp<Attrs extends object>(kernelName: string, kernels: OpKernels<Attrs>): void {
  registerKernelOnce(kernelName, 'cpu', kernels.cpu);
  registerKernelOnce(kernelName, 'wasm', kernels.wasm);
  registerKernelOnce(kernelName, 'webgpu', kernels.webgpu);
}

/** Registers the gradient of a kernel; does nothing the second time. */
export function registerGradientOnce(gradient: GradConfig): void {
  if (getGradient(gradient.kernelName) == null) registerGradient(gradient);
}
