import type { KernelFunction } from '@nibble-ml/tfjs-bridge';
import { heapOffset, wasmOutput, withScratch } from '@nibble-ml/tfjs-bridge/wasm';
import type { WasmBackend } from '@nibble-ml/tfjs-bridge/wasm';
import { scaleStride } from '../scale-stride.ts';
import { matMulModule, wasmVariant } from './wasm-variant.ts';

/** `Fp4MatMul` on the wasm backend: panels decoded to int8 or int16, integer dot products. */
export const fp4MatMulWasm: KernelFunction<WasmBackend> = (
  { xCodes, xScales, wCodes, wScales },
  _attrs,
  backend,
) => {
  const [m, words] = xCodes!.shape as [number, number];
  const n = wCodes!.shape[0]!;
  const module = matMulModule(backend, wasmVariant(backend));
  const y = wasmOutput(backend, [m, n], 'float32');
  if (m * n === 0) return y;
  withScratch(backend, module.fp4MatMulScratch(m, words), (scratch) => {
    module.fp4MatMul(
      heapOffset(backend, xCodes!),
      heapOffset(backend, xScales!),
      scaleStride(xCodes!, xScales!),
      heapOffset(backend, wCodes!),
      heapOffset(backend, wScales!),
      scaleStride(wCodes!, wScales!),
      m,
      n,
      words,
      heapOffset(backend, y),
      scratch,
    );
  });
  return y;
};
