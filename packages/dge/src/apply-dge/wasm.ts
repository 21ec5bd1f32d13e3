import type { KernelInputs } from '@nibble-ml/tfjs-bridge';
import { heapOffset, wasmKernels, withScratch } from '@nibble-ml/tfjs-bridge/wasm';
import type { WasmBackend } from '@nibble-ml/tfjs-bridge/wasm';
import type { TensorInfo } from '@tensorflow/tfjs-core';
import { wasmBinary } from '../wasm-binary.generated.ts';
import { derivativeScalars } from './f32-order.ts';
import type { ApplyDgeAttrs } from './kernel-name.ts';

interface DgeKernels {
  applyDge(
    dw: number,
    w: number,
    scales: number,
    scaleStride: number,
    rows: number,
    cols: number,
    exponent: number,
    slope: number,
    clip: number,
    isMsAmp: number,
    scratch: number,
  ): void;
}

/** Calls the SIMD kernel on tfjs-wasm's memory. */
export function applyDgeWasm(inputs: KernelInputs, attrs: ApplyDgeAttrs, backend: WasmBackend): TensorInfo[] {
  const { dw, w, scales } = inputs;
  const [rows, cols] = dw!.shape as [number, number];
  const { exponent, slope, clip, isMsAmp } = derivativeScalars(attrs);
  // Two rows, each of whole vectors.
  withScratch(backend, 2 * 16 * Math.ceil(cols / 4), (scratch) => {
    wasmKernels<DgeKernels>(backend, wasmBinary).applyDge(
      heapOffset(backend, dw!),
      heapOffset(backend, w!),
      heapOffset(backend, scales!),
      scales!.shape[0] === 1 ? 0 : 1,
      rows,
      cols,
      exponent,
      slope,
      clip,
      isMsAmp ? 1 : 0,
      scratch,
    );
  });
  return [];
}
