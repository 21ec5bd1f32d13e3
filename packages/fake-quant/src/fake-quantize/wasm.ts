import { counterBits } from '@nibble-ml/fp4-format';
import type { KernelFunction } from '@nibble-ml/tfjs-bridge';
import { heapOffset, wasmOutput, withScratch } from '@nibble-ml/tfjs-bridge/wasm';
import type { WasmBackend } from '@nibble-ml/tfjs-bridge/wasm';
import { isScaled } from './element-formats.ts';
import type { FakeQuantizeAttrs } from './options.ts';
import { bandBytes, moduleFor, setScaling } from './wasm-module.ts';

/** `FakeQuantize` and `FakeQuantizeClipped` on the wasm backend: four values at a time. */
export const fakeQuantizeWasm: KernelFunction<WasmBackend, FakeQuantizeAttrs> = (
  { x, clip },
  attrs,
  backend,
) => {
  const [rows, cols] = x!.shape as [number, number];
  const y = wasmOutput(backend, x!.shape, 'float32');
  const kernels = moduleFor(backend, attrs);
  const [from, to] = [heapOffset(backend, x!), heapOffset(backend, y)];
  if (!isScaled(attrs.format)) {
    const isStochastic = attrs.rounding === 'stochastic' ? 1 : 0;
    kernels.fakeQuantizeUnscaled(from, to, rows * cols, isStochastic, counterBits(0, attrs.seed));
    return y;
  }
  const layout = setScaling(kernels, backend, x!, clip, attrs);
  withScratch(backend, bandBytes(layout, 6), (scratch) => kernels.fakeQuantize(from, to, scratch));
  return y;
};
