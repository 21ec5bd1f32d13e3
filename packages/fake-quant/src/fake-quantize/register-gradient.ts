import { registerKernelOnce } from '@nibble-ml/tfjs-bridge';
import { fakeQuantizeGradientCpu } from './cpu.ts';
import { FAKE_QUANTIZE_GRADIENT } from './kernel-name.ts';
import { fakeQuantizeGradientWasm } from './wasm.ts';
import { fakeQuantizeGradientWebGpu } from './webgpu-gradient.ts';

/** Registers `FakeQuantizeGradient` for every backend. Idempotent. */
export function registerFakeQuantizeGradient(): void {
  registerKernelOnce(FAKE_QUANTIZE_GRADIENT, 'cpu', fakeQuantizeGradientCpu);
  registerKernelOnce(FAKE_QUANTIZE_GRADIENT, 'wasm', fakeQuantizeGradientWasm);
  registerKernelOnce(FAKE_QUANTIZE_GRADIENT, 'webgpu', fakeQuantizeGradientWebGpu);
}
