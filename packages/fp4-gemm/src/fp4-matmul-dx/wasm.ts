import type { KernelFunction } from '@nibble-ml/tfjs-bridge';
import type { WasmBackend } from '@nibble-ml/tfjs-bridge/wasm';
import type { GradientAttrs } from '../gradient/options.ts';
import { gradientProductWasm } from '../gradient/wasm.ts';

/** `Fp4MatMulDx` on the wasm backend. */
export const fp4MatMulDxWasm: KernelFunction<WasmBackend, GradientAttrs> = gradientProductWasm('dx');
