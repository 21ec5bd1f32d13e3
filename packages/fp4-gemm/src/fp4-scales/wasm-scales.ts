import { heapOffset, withScratch } from '@nibble-ml/tfjs-bridge/wasm';
import type { WasmBackend } from '@nibble-ml/tfjs-bridge/wasm';
import type { TensorInfo } from '@tensorflow/tfjs-core';
import type { Fp4BlockAttributes } from '../fp4-attributes.ts';
import { simdModule } from '../wasm-modules.ts';

/** Where the float32 scales of an FP4 matrix lie: that of (row, col) at `offset + 4 (row rowScales + col / blockCols)`. */
export interface WasmScales {
  readonly offset: number;
  /** Scales of a row; 0 if all rows share one. */
  readonly rowScales: number;
  /** Columns that share a scale, a multiple of 8. */
  readonly blockCols: number;
}

/** Calls `body` with the float32 scales of an FP4 matrix; those stored as codes are decoded to scratch memory. */
export function withWasmScales<Result>(
  backend: WasmBackend,
  rows: number,
  scales: TensorInfo,
  tensorScale: TensorInfo | undefined,
  { cols, block, scaleFormat }: Fp4BlockAttributes,
  body: (scales: WasmScales) => Result,
): Result {
  const stored = heapOffset(backend, scales);
  if (block === 0) {
    // A matrix of one row has one scale either way.
    const rowScales = scales.shape[0] === rows ? 1 : 0;
    return body({ offset: stored, rowScales, blockCols: Math.max(Math.ceil(cols / 8), 1) * 8 });
  }
  const rowScales = Math.ceil(cols / block);
  if (scaleFormat === 'f32') return body({ offset: stored, rowScales, blockCols: block });
  return withScratch(backend, rows * rowScales * 4, (offset) => {
    const factor = tensorScale === undefined ? 0 : heapOffset(backend, tensorScale);
    simdModule(backend).decodeBlockScales(stored, factor, rows, rowScales, offset);
    return body({ offset, rowScales, blockCols: block });
  });
}
