import { cpuFloats, cpuOutput } from '@nibble-ml/tfjs-bridge';
import type { CpuBackend, KernelFunction } from '@nibble-ml/tfjs-bridge';
import type { Fp4QuantizeAttrs } from './options.ts';
import { quantizeLayout } from './quantize-layout.ts';
import { quantizeReference } from './reference.ts';
import { storedArrays } from './stored-arrays.ts';

/** `Fp4Quantize` on the cpu backend. */
export const fp4QuantizeCpu: KernelFunction<CpuBackend, Fp4QuantizeAttrs> = ({ x }, attrs, backend) => {
  const [rows, cols] = x!.shape as [number, number];
  const arrays = quantizeReference(cpuFloats(backend, x!), rows, cols, attrs.granularity, attrs);
  const { words, scales, tensorScale } = storedArrays(arrays, rows, quantizeLayout(rows, cols, attrs));
  const outputs = [
    cpuOutput(backend, [rows, Math.ceil(cols / 8)], words),
    cpuOutput(backend, [scales.length], scales),
  ];
  if (tensorScale !== undefined) outputs.push(cpuOutput(backend, [1], tensorScale));
  return outputs;
};
