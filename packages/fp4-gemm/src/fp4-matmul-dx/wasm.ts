import type { KernelFunction } from '@nibble-ml/tfjs-bridge';
import type { WasmBackend } from '@nibble-ml/tfjs-bridge/wasm';
import { mixedMatMulWasm } from '../f32-matmul/wasm-mixed.ts';
import type { Fp4ColsAttribute } from '../fp4-attributes.ts';

/** `Fp4MatMulDx` on the wasm backend. */
export const fp4MatMulDxWasm: KernelFunction<WasmBackend, Fp4ColsAttribute> = mixedMatMulWasm(false);
