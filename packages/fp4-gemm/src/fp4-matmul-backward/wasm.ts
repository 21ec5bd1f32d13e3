import type { KernelFunction } from '@nibble-ml/tfjs-bridge';
import type { WasmBackend } from '@nibble-ml/tfjs-bridge/wasm';
import { gradientProductWasm } from '../gradient/wasm.ts';
import { oneByOne } from './one-by-one.ts';
import type { BackwardAttrs } from './options.ts';

/**
 * `Fp4MatMulBackward` on the wasm backend. Nothing is shared: to round to E5M2 as an element is read costs less than a copy of dY
 * that is rounded once (measured: 1 to 5 % of both products).
 */
export const fp4MatMulBackwardWasm: KernelFunction<WasmBackend, BackwardAttrs> =
  oneByOne(gradientProductWasm);
