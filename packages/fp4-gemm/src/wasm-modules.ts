import { wasmKernels } from '@nibble-ml/tfjs-bridge/wasm';
import type { WasmBackend } from '@nibble-ml/tfjs-bridge/wasm';
import { wasmBinary } from './wasm-binary.generated.ts';

/** `Y = X · Wᵀ` on packed codes; both modules export it, and give the same bits. */
export interface MatMulModule {
  fp4MatMulScratch(m: number, words: number): number;
  fp4MatMul(
    xCodes: number,
    xScales: number,
    xScaleStride: number,
    wCodes: number,
    wScales: number,
    wScaleStride: number,
    m: number,
    n: number,
    words: number,
    y: number,
    scratch: number,
  ): void;
  fp4BlockMatMulScratch(m: number, words: number, blockWords: number): number;
  fp4BlockMatMul(
    xCodes: number,
    xScales: number,
    xRowScales: number,
    xStep: number,
    wCodes: number,
    wScales: number,
    wRowScales: number,
    wStep: number,
    m: number,
    n: number,
    words: number,
    blockWords: number,
    y: number,
    scratch: number,
  ): void;
}

/** What `assembly/index.ts` exports. Pointers are byte offsets in tfjs-wasm's memory. */
export interface SimdModule extends MatMulModule {
  fp4Quantize(
    x: number,
    rows: number,
    cols: number,
    blockCols: number,
    rowScales: number,
    kind: number,
    packsScales: number,
    stochastic: number,
    counter: number,
    codes: number,
    scales: number,
    tensorScale: number,
  ): void;
  fp4Dequantize(
    codes: number,
    scales: number,
    rowScales: number,
    blockCols: number,
    rows: number,
    cols: number,
    out: number,
    eight: number,
  ): void;
  decodeBlockScales(codes: number, tensorScale: number, rows: number, blocks: number, out: number): void;
  f32MatMulScratch(m: number, k: number): number;
  f32MatMul(
    a: number,
    transposeA: number,
    b: number,
    transposeB: number,
    m: number,
    n: number,
    k: number,
    c: number,
    scratch: number,
  ): void;
  fp4MatMulMixed(
    a: number,
    transposeA: number,
    codes: number,
    scales: number,
    rowScales: number,
    blockCols: number,
    m: number,
    n: number,
    k: number,
    c: number,
    scratch: number,
  ): void;
}

/** The plain SIMD module, instantiated on the backend's memory. */
export function simdModule(backend: WasmBackend): SimdModule {
  return wasmKernels<SimdModule>(backend, wasmBinary);
}
