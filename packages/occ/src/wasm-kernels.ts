import { wasmKernels } from '@nibble-ml/tfjs-bridge/wasm';
import type { WasmBackend } from '@nibble-ml/tfjs-bridge/wasm';
import { wasmBinary } from './wasm-binary.generated.ts';

/** What `assembly/` exports; tensors are byte offsets in tfjs-wasm's memory. */
export interface OccKernels {
  occQuantize(
    x: number,
    codes: number,
    scales: number,
    indices: number,
    values: number,
    rows: number,
    cols: number,
    lower: number,
    upper: number,
    scratch: number,
  ): void;
  compensate(
    y: number,
    indices: number,
    values: number,
    w: number,
    rows: number,
    cols: number,
    width: number,
  ): void;
  compensateDw(
    dw: number,
    dy: number,
    indices: number,
    values: number,
    m: number,
    n: number,
    k: number,
    width: number,
    sums: number,
  ): void;
  tensorThresholds(
    x: number,
    size: number,
    count: number,
    isWhole: number,
    hash: number,
    firstLower: number,
    firstUpper: number,
    isFinal: number,
    lower: number,
    upper: number,
    room: number,
    out: number,
    scratch: number,
  ): void;
  occQuantizeTensor(
    x: number,
    thresholds: number,
    codes: number,
    scales: number,
    starts: number,
    columns: number,
    values: number,
    rows: number,
    cols: number,
    capacity: number,
    isVector: number,
    isE4m3: number,
    scratch: number,
  ): void;
  compensateCompressed(
    y: number,
    starts: number,
    columns: number,
    values: number,
    w: number,
    rows: number,
    cols: number,
  ): void;
  compensateDwCompressed(
    dw: number,
    dy: number,
    starts: number,
    columns: number,
    values: number,
    m: number,
    n: number,
    k: number,
    sums: number,
  ): void;
  roundRowsE4m3(x: number, out: number, rows: number, cols: number): void;
  roundResidualE4m3(
    indices: number,
    values: number,
    keptIndices: number,
    keptValues: number,
    rows: number,
    width: number,
  ): void;
  transpose(x: number, out: number, rows: number, cols: number): void;
}

/** The SIMD kernels of this package on a backend's memory. */
export function occKernels(backend: WasmBackend): OccKernels {
  return wasmKernels<OccKernels>(backend, wasmBinary);
}
