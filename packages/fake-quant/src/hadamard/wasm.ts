import { counterBits } from '@nibble-ml/fp4-format';
import type { KernelFunction } from '@nibble-ml/tfjs-bridge';
import { heapOffset, wasmKernels, wasmOutput, withScratch } from '@nibble-ml/tfjs-bridge/wasm';
import type { WasmBackend } from '@nibble-ml/tfjs-bridge/wasm';
import { wasmBinary } from '../wasm-binary.generated.ts';
import type { HadamardAttrs } from './options.ts';

interface HadamardKernels {
  hadamardTransform(
    x: number,
    y: number,
    rows: number,
    cols: number,
    size: number,
    axis: number,
    factor: number,
    isSigned: number,
    isInverse: number,
    counter: number,
    scratch: number,
  ): void;
}

/** `HadamardTransform` on the wasm backend: four blocks at a time. */
export const hadamardWasm: KernelFunction<WasmBackend, HadamardAttrs> = ({ x }, attrs, backend) => {
  const [rows, cols] = x!.shape as [number, number];
  const { size, axis, seed, inverse } = attrs;
  const y = wasmOutput(backend, x!.shape, 'float32');
  withScratch(backend, 40 * size, (scratch) => {
    wasmKernels<HadamardKernels>(backend, wasmBinary).hadamardTransform(
      heapOffset(backend, x!),
      heapOffset(backend, y),
      rows,
      cols,
      size,
      axis,
      1 / Math.sqrt(size),
      seed === null ? 0 : 1,
      inverse ? 1 : 0,
      // The hash of the seed, which counters are added to: that of 0 is 0.
      counterBits(0, seed ?? 0),
      scratch,
    );
  });
  return y;
};
