import { cpuFloats, cpuOutput } from '@nibble-ml/tfjs-bridge';
import type { CpuBackend, KernelFunction } from '@nibble-ml/tfjs-bridge';
import type { Fp4QuantizeAttrs } from './options.ts';
import { quantizeReference } from './reference.ts';

/** `Fp4Quantize` on the cpu backend. */
export const fp4QuantizeCpu: KernelFunction<CpuBackend, Fp4QuantizeAttrs> = (
  { x },
  { granularity },
  backend,
) => {
  const [rows, cols] = x!.shape as [number, number];
  const { words, scales } = quantizeReference(cpuFloats(backend, x!), rows, cols, granularity);
  return [
    cpuOutput(backend, [rows, Math.ceil(cols / 8)], words),
    cpuOutput(backend, [scales.length], scales),
  ];
};
