import type { KernelFunction } from '@nibble-ml/tfjs-bridge';
import { heapOffset, wasmOutput, withScratch } from '@nibble-ml/tfjs-bridge/wasm';
import type { WasmBackend } from '@nibble-ml/tfjs-bridge/wasm';
import type { Fp4ColsAttribute } from '../fp4-attributes.ts';
import { scaleStride } from '../scale-stride.ts';
import { simdModule } from '../wasm-modules.ts';

/** `Fp4Dequantize` on the wasm backend. */
export const fp4DequantizeWasm: KernelFunction<WasmBackend, Fp4ColsAttribute> = (
  { codes, scales },
  { cols },
  backend,
) => {
  const rows = codes!.shape[0]!;
  const out = wasmOutput(backend, [rows, cols], 'float32');
  if (rows * cols === 0) return out;
  withScratch(backend, 32, (eight) => {
    simdModule(backend).fp4Dequantize(
      heapOffset(backend, codes!),
      heapOffset(backend, scales!),
      scaleStride(codes!, scales!),
      rows,
      cols,
      heapOffset(backend, out),
      eight,
    );
  });
  return out;
};
