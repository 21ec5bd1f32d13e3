import { getGradient, registerGradient } from '@tensorflow/tfjs-core';
import { registerKernelOnce } from '@nibble-ml/tfjs-bridge';
import { fakeQuantizeCpu } from './cpu.ts';
import { fakeQuantizeWasm } from './wasm.ts';
import { fakeQuantizeWebGpu } from './webgpu.ts';
import { fakeQuantizeClippedGradientConfig, fakeQuantizeGradientConfig } from './gradient.ts';
import { FAKE_QUANTIZE, FAKE_QUANTIZE_CLIPPED } from './kernel-name.ts';
import { registerFakeQuantizeGradient } from './register-gradient.ts';

/** Registers `FakeQuantize` and `FakeQuantizeClipped` for every backend, with their gradients. Idempotent. */
export function registerFakeQuantize(): void {
  for (const name of [FAKE_QUANTIZE, FAKE_QUANTIZE_CLIPPED]) {
    registerKernelOnce(name, 'cpu', fakeQuantizeCpu);
    registerKernelOnce(name, 'wasm', fakeQuantizeWasm);
    registerKernelOnce(name, 'webgpu', fakeQuantizeWebGpu);
  }
  for (const config of [fakeQuantizeGradientConfig, fakeQuantizeClippedGradientConfig]) {
    if (getGradient(config.kernelName) == null) registerGradient(config);
  }
  registerFakeQuantizeGradient();
}
