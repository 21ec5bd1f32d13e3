import { getGradient, registerGradient } from '@tensorflow/tfjs-core';
import { registerKernelOnce } from '@nibble-ml/tfjs-bridge';
import { hadamardCpu } from './cpu.ts';
import { hadamardGradientConfig } from './gradient.ts';
import { HADAMARD } from './kernel-name.ts';
import { hadamardWasm } from './wasm.ts';
import { hadamardWebGpu } from './webgpu.ts';

/** Registers `HadamardTransform` for every backend, with its gradient. Idempotent. */
export function registerHadamard(): void {
  registerKernelOnce(HADAMARD, 'cpu', hadamardCpu);
  registerKernelOnce(HADAMARD, 'wasm', hadamardWasm);
  registerKernelOnce(HADAMARD, 'webgpu', hadamardWebGpu);
  if (getGradient(HADAMARD) == null) registerGradient(hadamardGradientConfig);
}
