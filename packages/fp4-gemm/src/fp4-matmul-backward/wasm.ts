import type { KernelFunction } from '@nibble-ml/tfjs-bridge';
import type { WasmBackend } from '@nibble-ml/tfjs-bridge/wasm';
import { gradientProductWasm } from '../gradient/wasm.ts';
import { oneByOne } from './one-by-one.ts';
import type { BackwardAttrs } from './options.ts';

/** `Fp4MatMulBackward` on the wasm backend. */
export const fp4MatMulBackwardWasm: KernelFunction<WasmBackend, BackwardAttrs> =
  oneByOne(gradientProductWasm);
