import type { KernelFunction } from '@nibble-ml/tfjs-bridge';
import { heapOffset, wasmOutput, withScratch } from '@nibble-ml/tfjs-bridge/wasm';
import type { WasmBackend } from '@nibble-ml/tfjs-bridge/wasm';
import { matMulModule, wasmVariant } from '../fp4-matmul/wasm-variant.ts';
import { withWasmScales } from '../fp4-scales/wasm-scales.ts';
import { operandAttributes, productBlock } from './attributes.ts';
import type { BlockMatMulAttributes } from './attributes.ts';

/** `Fp4BlockMatMul` on the wasm backend: integer dot products of a block, float32 sums of blocks, both in registers. */
export const fp4BlockMatMulWasm: KernelFunction<WasmBackend, BlockMatMulAttributes> = (
  { xCodes, xScales, xTensorScale, wCodes, wScales, wTensorScale },
  attrs,
  backend,
) => {
  const [m, words] = xCodes!.shape as [number, number];
  const n = wCodes!.shape[0]!;
  const module = matMulModule(backend, wasmVariant(backend));
  const blockWords = productBlock(attrs) / 8;
  const y = wasmOutput(backend, [m, n], 'float32');
  if (m * n === 0) return y;
  withWasmScales(backend, m, xScales!, xTensorScale, operandAttributes(attrs, 'x'), (sx) => {
    withWasmScales(backend, n, wScales!, wTensorScale, operandAttributes(attrs, 'w'), (sw) => {
      withScratch(backend, module.fp4BlockMatMulScratch(m, words, blockWords), (scratch) => {
        module.fp4BlockMatMul(
          heapOffset(backend, xCodes!),
          sx.offset,
          sx.rowScales,
          attrs.xBlock > 0 ? 1 : 0,
          heapOffset(backend, wCodes!),
          sw.offset,
          sw.rowScales,
          attrs.wBlock > 0 ? 1 : 0,
          m,
          n,
          words,
          blockWords,
          heapOffset(backend, y),
          scratch,
        );
      });
    });
  });
  return y;
};
