export { cpuFloats, cpuInts, cpuOutput } from './cpu-tensors.ts';
export type { CpuBackend } from './cpu-tensors.ts';
export { registerKernelOnce } from './register-kernel.ts';
export type { KernelFunction, KernelInputs } from './register-kernel.ts';
