import { cpuFloats, cpuOutput } from '@nibble-ml/tfjs-bridge';
import type { CpuBackend, KernelInputs } from '@nibble-ml/tfjs-bridge';
import type { TensorInfo } from '@tensorflow/tfjs-core';
import type { OccQuantizeTensorAttrs } from './kernel-name.ts';
import { occQuantizeTensorReference } from './reference.ts';

/** Hands the reference to tfjs's cpu backend. */
export function occQuantizeTensorCpu(
  { x, thresholds }: KernelInputs,
  attrs: OccQuantizeTensorAttrs,
  backend: CpuBackend,
): TensorInfo[] {
  const [rows, cols] = x!.shape as [number, number];
  const arrays = occQuantizeTensorReference(
    cpuFloats(backend, x!),
    cpuFloats(backend, thresholds!),
    rows,
    cols,
    attrs,
  );
  return [
    cpuOutput(backend, [rows, Math.ceil(cols / 8)], arrays.words),
    cpuOutput(backend, [arrays.scales.length], arrays.scales),
    cpuOutput(backend, [rows + 1], arrays.starts),
    cpuOutput(backend, [attrs.capacity], arrays.columns),
    cpuOutput(backend, [attrs.capacity], arrays.values),
  ];
}
