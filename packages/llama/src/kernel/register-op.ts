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

/** Ops call this whenever they run, hundreds of times a step, and tfjs's own table is slow to ask. */
const registered = new Set<string>();

/** Registers a kernel on every backend; does nothing the second time. */
export function registerOp<Attrs extends object>(kernelName: string, kernels: OpKernels<Attrs>): void {
  if (registered.has(kernelName)) return;
  registerKernelOnce(kernelName, 'cpu', kernels.cpu);
  registerKernelOnce(kernelName, 'wasm', kernels.wasm);
  registerKernelOnce(kernelName, 'webgpu', kernels.webgpu);
  registered.add(kernelName);
}

/** Registers the gradient of a kernel; does nothing the second time. */
export function registerGradientOnce(gradient: GradConfig): void {
  if (getGradient(gradient.kernelName) == null) registerGradient(gradient);
}
