import type { KernelFunction } from '@nibble-ml/tfjs-bridge';
import { heapOffset, wasmOutput, withScratch } from '@nibble-ml/tfjs-bridge/wasm';
import type { WasmBackend } from '@nibble-ml/tfjs-bridge/wasm';
import type { Fp4BlockAttributes } from '../fp4-attributes.ts';
import { withWasmScales } from '../fp4-scales/wasm-scales.ts';
import { simdModule } from '../wasm-modules.ts';

/** `Fp4Dequantize` on the wasm backend. */
export const fp4DequantizeWasm: KernelFunction<WasmBackend, Fp4BlockAttributes> = (
  { codes, scales, tensorScale },
  attrs,
  backend,
) => {
  const rows = codes!.shape[0]!;
  const { cols } = attrs;
  const out = wasmOutput(backend, [rows, cols], 'float32');
  if (rows * cols === 0) return out;
  withWasmScales(backend, rows, scales!, tensorScale, attrs, ({ offset, rowScales, blockCols }) => {
    withScratch(backend, 32, (eight) => {
      simdModule(backend).fp4Dequantize(
        heapOffset(backend, codes!),
        offset,
        rowScales,
        blockCols,
        rows,
        cols,
        heapOffset(backend, out),
        eight,
      );
    });
  });
  return out;
};
