import type { KernelFunction } from '@nibble-ml/tfjs-bridge';
import { heapOffset, wasmOutput } from '@nibble-ml/tfjs-bridge/wasm';
import type { WasmBackend } from '@nibble-ml/tfjs-bridge/wasm';
import { simdModule } from '../wasm-modules.ts';
import type { Fp4QuantizeAttrs } from './options.ts';

/** `Fp4Quantize` on the wasm backend: 16 values at a time. */
export const fp4QuantizeWasm: KernelFunction<WasmBackend, Fp4QuantizeAttrs> = (
  { x },
  { granularity },
  backend,
) => {
  const [rows, cols] = x!.shape as [number, number];
  const perTensor = granularity === 'tensor';
  const codes = wasmOutput(backend, [rows, Math.ceil(cols / 8)], 'int32');
  const scales = wasmOutput(backend, [perTensor ? 1 : rows], 'float32');
  simdModule(backend).fp4Quantize(
    heapOffset(backend, x!),
    rows,
    cols,
    perTensor ? 1 : 0,
    heapOffset(backend, codes),
    heapOffset(backend, scales),
  );
  return [codes, scales];
};
