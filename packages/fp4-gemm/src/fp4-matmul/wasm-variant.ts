import { engineAccepts, wasmKernels } from '@nibble-ml/tfjs-bridge/wasm';
import type { WasmBackend } from '@nibble-ml/tfjs-bridge/wasm';
import { wasmBinary, wasmBinaryRelaxed } from '../wasm-binary.generated.ts';
import type { ProductModule } from './product-module.ts';
import { haveSameBits } from './wasm-probe.ts';

/**
 * Which instructions multiply codes: int16 pairs (`i32x4.dot_i16x8_s`, every engine with SIMD), or int8 quadruples
 * (`i32x4.relaxed_dot_i8x16_i7x16_add_s`, engines with relaxed SIMD), about twice as fast.
 */
export type WasmVariant = 'simd128' | 'relaxed';

let relaxedIsAccepted: boolean | undefined;
const relaxedIsExact = new WeakMap<WasmBackend, boolean>();

/**
 * The variant that `Fp4MatMul` and the gradient products run: relaxed where the engine has it and computes it exactly, which is checked once.
 * The environment variable `NIBBLE_WASM_SIMD` forces `simd128` or `relaxed`.
 *
 * @throws RangeError when the variable names another variant, or one that this engine cannot run exactly
 */
export function wasmVariant(backend: WasmBackend): WasmVariant {
  const forced = globalThis.process?.env?.['NIBBLE_WASM_SIMD'] ?? '';
  if (forced === 'simd128') return forced;
  if (forced !== '' && forced !== 'relaxed') {
    throw new RangeError(`fp4MatMul: NIBBLE_WASM_SIMD must be simd128 or relaxed, but got '${forced}'`);
  }
  if (canRunRelaxed(backend)) return 'relaxed';
  if (forced === 'relaxed') {
    throw new RangeError(
      'fp4MatMul: NIBBLE_WASM_SIMD=relaxed must have an engine with exact relaxed SIMD, but this one has none; use simd128',
    );
  }
  return 'simd128';
}

/** The module of a variant, instantiated on the backend's memory. */
export function matMulModule(backend: WasmBackend, variant: WasmVariant): ProductModule {
  return wasmKernels<ProductModule>(backend, variant === 'relaxed' ? wasmBinaryRelaxed : wasmBinary);
}

function canRunRelaxed(backend: WasmBackend): boolean {
  relaxedIsAccepted ??= engineAccepts(wasmBinaryRelaxed);
  if (!relaxedIsAccepted) return false;
  let exact = relaxedIsExact.get(backend);
  if (exact === undefined) {
    const modules = [matMulModule(backend, 'simd128'), matMulModule(backend, 'relaxed')] as const;
    relaxedIsExact.set(backend, (exact = haveSameBits(backend, modules)));
  }
  return exact;
}
