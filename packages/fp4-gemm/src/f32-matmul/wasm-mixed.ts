import type { KernelFunction } from '@nibble-ml/tfjs-bridge';
import { heapOffset, wasmOutput, withScratch } from '@nibble-ml/tfjs-bridge/wasm';
import type { WasmBackend } from '@nibble-ml/tfjs-bridge/wasm';
import type { Fp4ColsAttribute } from '../fp4-attributes.ts';
import type { Fp4BlockAttributes } from '../fp4-attributes.ts';
import { withWasmScales } from '../fp4-scales/wasm-scales.ts';
import { simdModule } from '../wasm-modules.ts';

/**
 * The kernel of a product dY · Q, or with `transposeDy` dYᵀ · Q, on the wasm backend: that of `F32MatMul` with panels
 * decoded from codes. Without the attributes of blocks there is one scale per row or in all.
 */
export function mixedMatMulWasm(
  transposeDy: boolean,
): KernelFunction<WasmBackend, Fp4ColsAttribute & Partial<Fp4BlockAttributes>> {
  return ({ dy, codes, scales, tensorScale }, { cols, block = 0, scaleFormat = 'f32' }, backend) => {
    const m = dy!.shape[transposeDy ? 1 : 0]!;
    const k = dy!.shape[transposeDy ? 0 : 1]!;
    const out = wasmOutput(backend, [m, cols], 'float32');
    if (m * cols === 0) return out;
    const module = simdModule(backend);
    withWasmScales(backend, k, scales!, tensorScale, { cols, block, scaleFormat }, (q) => {
      withScratch(backend, module.f32MatMulScratch(m, k), (scratch) => {
        module.fp4MatMulMixed(
          heapOffset(backend, dy!),
          transposeDy ? 1 : 0,
          heapOffset(backend, codes!),
          q.offset,
          q.rowScales,
          q.blockCols,
          m,
          cols,
          k,
          heapOffset(backend, out),
          scratch,
        );
      });
    });
    return out;
  };
}
