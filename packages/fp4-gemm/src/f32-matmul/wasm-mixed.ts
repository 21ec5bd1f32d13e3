import type { KernelFunction } from '@nibble-ml/tfjs-bridge';
import { heapOffset, wasmOutput, withScratch } from '@nibble-ml/tfjs-bridge/wasm';
import type { WasmBackend } from '@nibble-ml/tfjs-bridge/wasm';
import type { Fp4ColsAttribute } from '../fp4-attributes.ts';
import { scaleStride } from '../scale-stride.ts';
import { simdModule } from '../wasm-modules.ts';

/**
 * The kernel of `Fp4MatMulDx` (dY as it is) or `Fp4MatMulDw` (dY transposed) on the wasm backend: that of `F32MatMul`
 * with panels decoded from codes.
 */
export function mixedMatMulWasm(transposeDy: boolean): KernelFunction<WasmBackend, Fp4ColsAttribute> {
  return ({ dy, codes, scales }, { cols }, backend) => {
    const m = dy!.shape[transposeDy ? 1 : 0]!;
    const k = dy!.shape[transposeDy ? 0 : 1]!;
    const out = wasmOutput(backend, [m, cols], 'float32');
    if (m * cols === 0) return out;
    const module = simdModule(backend);
    withScratch(backend, module.f32MatMulScratch(m, k), (scratch) => {
      module.fp4MatMulMixed(
        heapOffset(backend, dy!),
        transposeDy ? 1 : 0,
        heapOffset(backend, codes!),
        heapOffset(backend, scales!),
        scaleStride(codes!, scales!),
        m,
        cols,
        k,
        heapOffset(backend, out),
        scratch,
      );
    });
    return out;
  };
}
