import { counterBits } from '@nibble-ml/fp4-format';
import type { KernelFunction } from '@nibble-ml/tfjs-bridge';
import { heapOffset, wasmOutput, withScratch } from '@nibble-ml/tfjs-bridge/wasm';
import type { WasmBackend } from '@nibble-ml/tfjs-bridge/wasm';
import { isScaled } from './element-formats.ts';
import type { FakeQuantizeAttrs } from './options.ts';
import { insideBits, saturationOf } from './saturation.ts';
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

/** `FakeQuantizeGradient` on the wasm backend. */
export const fakeQuantizeGradientWasm: KernelFunction<WasmBackend, FakeQuantizeAttrs> = (
  { dy, x, clip },
  attrs,
  backend,
) => {
  const [rows, cols] = x!.shape as [number, number];
  const outputs = [wasmOutput(backend, x!.shape, 'float32')];
  if (clip !== undefined) outputs.push(wasmOutput(backend, clip.shape, 'float32'));
  const kernels = moduleFor(backend, attrs);
  const [from, values] = [heapOffset(backend, dy!), heapOffset(backend, x!)];
  const [dx, dclip = 0] = outputs.map((output) => heapOffset(backend, output)) as [number, number?];
  const [above, below] = [saturationOf(attrs, false), saturationOf(attrs, true)];
  if (!isScaled(attrs.format)) {
    kernels.fakeQuantizeGradientUnscaled(from, values, dx, rows * cols, insideBits(above));
    return outputs;
  }
  const layout = setScaling(kernels, backend, x!, clip, attrs);
  withScratch(backend, bandBytes(layout, 8), (scratch) => {
    kernels.fakeQuantizeGradient(
      from,
      values,
      dx,
      dclip,
      clip?.shape[0] ?? 0,
      above.bound,
      above.inclusive ? 1 : 0,
      below.bound,
      below.inclusive ? 1 : 0,
      scratch,
    );
  });
  return outputs;
};
