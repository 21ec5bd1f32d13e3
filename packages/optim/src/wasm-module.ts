import { wasmKernels } from '@nibble-ml/tfjs-bridge/wasm';
import type { WasmBackend } from '@nibble-ml/tfjs-bridge/wasm';
import { wasmBinary } from './wasm-binary.generated.ts';

/** The functions of `assembly/index.ts`. Tensors are byte offsets. */
export interface OptimKernels {
  accumulate(sum: number, x: number, size: number, replace: number): void;
  accumulateE4m3(
    codes: number,
    x: number,
    size: number,
    before: number,
    inverse: number,
    replace: number,
    scratch: number,
  ): void;
  accumulateE5m2(
    codes: number,
    x: number,
    size: number,
    before: number,
    inverse: number,
    replace: number,
    scratch: number,
  ): void;
  averageE4m3(
    mean: number,
    codes: number,
    size: number,
    scale: number,
    factor: number,
    scratch: number,
  ): void;
  averageE5m2(
    mean: number,
    codes: number,
    size: number,
    scale: number,
    factor: number,
    scratch: number,
  ): void;
  scaleInPlace(x: number, size: number, factor: number): void;
  adamWUpdate(
    w: number,
    m: number,
    v: number,
    gradient: number,
    clipFactor: number,
    size: number,
    beta1: number,
    oneMinusBeta1: number,
    beta2: number,
    oneMinusBeta2: number,
    stepSize: number,
    secondCorrection: number,
    epsilon: number,
    decay: number,
  ): void;
  adamWMixed(
    w: number,
    moments: number,
    gradient: number,
    factor: number,
    size: number,
    first: number,
    second: number,
    firstInverse: number,
    secondInverse: number,
    beta1: number,
    oneMinusBeta1: number,
    beta2: number,
    oneMinusBeta2: number,
    stepSize: number,
    secondCorrection: number,
    epsilon: number,
    decay: number,
    scratch: number,
  ): void;
  blockStatistics(x: number, size: number, sums: number, magnitudes: number, lanes: number): void;
  clippedNorm(
    sums: number,
    count: number,
    clipNorm: number,
    norm: number,
    factor: number,
    lanes: number,
  ): void;
}

/** This package's WebAssembly functions, on the memory of `backend`. */
export function optimKernels(backend: WasmBackend): OptimKernels {
  return wasmKernels<OptimKernels>(backend, wasmBinary);
}
