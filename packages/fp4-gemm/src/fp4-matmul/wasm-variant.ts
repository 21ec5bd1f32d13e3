import { engineAccepts, wasmKernels, withScratch } from '@nibble-ml/tfjs-bridge/wasm';
import type { WasmBackend } from '@nibble-ml/tfjs-bridge/wasm';
import { wasmBinaryRelaxed } from '../wasm-binary.generated.ts';
import { simdModule } from '../wasm-modules.ts';
import type { MatMulModule } from '../wasm-modules.ts';

/**
 * Which instructions multiply codes: int16 pairs (`i32x4.dot_i16x8_s`, every engine with SIMD), or int8 quadruples
 * (`i32x4.relaxed_dot_i8x16_i7x16_add_s`, engines with relaxed SIMD), about twice as fast.
 */
export type WasmVariant = 'simd128' | 'relaxed';

let relaxedIsAccepted: boolean | undefined;
const relaxedIsExact = new WeakMap<WasmBackend, boolean>();

/**
 * The variant that `Fp4MatMul` runs: relaxed where the engine has it and computes it exactly, which is checked once.
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
export function matMulModule(backend: WasmBackend, variant: WasmVariant): MatMulModule {
  return variant === 'relaxed' ? wasmKernels<MatMulModule>(backend, wasmBinaryRelaxed) : simdModule(backend);
}

function canRunRelaxed(backend: WasmBackend): boolean {
  relaxedIsAccepted ??= engineAccepts(wasmBinaryRelaxed);
  if (!relaxedIsAccepted) return false;
  let exact = relaxedIsExact.get(backend);
  if (exact === undefined) relaxedIsExact.set(backend, (exact = agreesWithSimd128(backend)));
  return exact;
}

/**
 * Multiplies every pair of codes, and long sums of the largest products, with both variants. A dot product whose second
 * operand is above 127, or that saturates, is engine-defined; ours is never, and this check holds the engine to it.
 */
function agreesWithSimd128(backend: WasmBackend): boolean {
  const [rows, words] = [17, 9];
  const codeBytes = rows * words * 4;
  const yBytes = rows * rows * 4;
  const modules = [matMulModule(backend, 'simd128'), matMulModule(backend, 'relaxed')];
  const scratchBytes = Math.max(...modules.map((module) => module.fp4MatMulScratch(rows, words)));
  return withScratch(backend, codeBytes + 16 + 2 * yBytes + 64 + scratchBytes, (codes) => {
    const scale = codes + Math.ceil(codeBytes / 16) * 16;
    const results = [scale + 16, scale + 16 + Math.ceil(yBytes / 16) * 16];
    const scratch = results[1]! + Math.ceil(yBytes / 16) * 16;
    const { buffer } = backend.wasm.asm.memory;
    new Float32Array(buffer, scale, 1)[0] = 1;
    const view = new Int32Array(buffer, codes, rows * words);
    // Row r < 16 is full of code r, but for one word with all codes; the last row mixes +6 and -6.
    for (let i = 0; i < view.length; i++) {
      const row = Math.floor(i / words);
      if (row === 16) view[i] = i % 2 === 0 ? 0x77777777 : 0xf7f7f7f7;
      else view[i] = i % words === 4 ? 0x76543210 ^ (row * 0x11111111) : row * 0x11111111;
    }
    for (const [i, module] of modules.entries()) {
      module.fp4MatMul(codes, scale, 0, codes, scale, 0, rows, rows, words, results[i]!, scratch);
    }
    const [expected, actual] = results.map((offset) => new Uint32Array(buffer, offset, rows * rows)) as [
      Uint32Array,
      Uint32Array,
    ];
    return expected.every((bits, i) => bits === actual[i]);
  });
}
