import type { KernelFunction } from '@nibble-ml/tfjs-bridge';
import { heapOffset, wasmOutput, withScratch } from '@nibble-ml/tfjs-bridge/wasm';
import type { WasmBackend } from '@nibble-ml/tfjs-bridge/wasm';
import { simdModule } from '../wasm-modules.ts';
import type { F32MatMulOptions } from './options.ts';
import { matMulShape } from './shape.ts';

/** `F32MatMul` on the wasm backend: a 4 x 8 register tile over packed panels. */
export const f32MatMulWasm: KernelFunction<WasmBackend, Required<F32MatMulOptions>> = (
  { a, b },
  attrs,
  backend,
) => {
  const { m, n, k, transposeA, transposeB } = matMulShape(a!, b!, attrs);
  const c = wasmOutput(backend, [m, n], 'float32');
  if (m * n === 0) return c;
  const module = simdModule(backend);
  withScratch(backend, module.f32MatMulScratch(m, k), (scratch) => {
    module.f32MatMul(
      heapOffset(backend, a!),
      transposeA ? 1 : 0,
      heapOffset(backend, b!),
      transposeB ? 1 : 0,
      m,
      n,
      k,
      heapOffset(backend, c),
      scratch,
    );
  });
  return c;
};
