import { counterBits } from '@nibble-ml/fp4-format';
import type { KernelFunction } from '@nibble-ml/tfjs-bridge';
import { heapOffset, wasmOutput } from '@nibble-ml/tfjs-bridge/wasm';
import type { WasmBackend } from '@nibble-ml/tfjs-bridge/wasm';
import { simdModule } from '../wasm-modules.ts';
import type { Fp4QuantizeAttrs } from './options.ts';
import { quantizeLayout } from './quantize-layout.ts';
import { SCALE_KINDS } from './scale-kind.ts';

/** `Fp4Quantize` on the wasm backend: 16 values at a time. */
export const fp4QuantizeWasm: KernelFunction<WasmBackend, Fp4QuantizeAttrs> = ({ x }, attrs, backend) => {
  const [rows, cols] = x!.shape as [number, number];
  const { scope, blockCols, rowScales, format, scaleCount } = quantizeLayout(rows, cols, attrs);
  const codes = wasmOutput(backend, [rows, Math.ceil(cols / 8)], 'int32');
  const scales = wasmOutput(backend, [scaleCount], format === 'f32' ? 'float32' : 'int32');
  const outputs = [codes, scales];
  if (format === 'e4m3') outputs.push(wasmOutput(backend, [1], 'float32'));
  const [codesAt, scalesAt, tensorScaleAt] = outputs.map((output) => heapOffset(backend, output));
  simdModule(backend).fp4Quantize(
    heapOffset(backend, x!),
    rows,
    cols,
    blockCols,
    scope === 'tensor' ? -1 : rowScales,
    SCALE_KINDS[attrs.scale],
    format === 'f32' ? 0 : 1,
    attrs.rounding === 'stochastic' ? 1 : 0,
    // The hash of the seed, which counters are added to: that of 0 is 0.
    counterBits(0, attrs.seed),
    codesAt!,
    scalesAt!,
    tensorScaleAt ?? 0,
  );
  return outputs;
};
