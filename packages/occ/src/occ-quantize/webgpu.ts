import type { KernelInputs } from '@nibble-ml/tfjs-bridge';
import { gpuOutput, runProgram, u32 } from '@nibble-ml/tfjs-bridge/webgpu';
import type { GpuBackend } from '@nibble-ml/tfjs-bridge/webgpu';
import type { TensorInfo } from '@tensorflow/tfjs-core';
import { spreadWorkgroups } from '../workgroups.ts';
import type { OccQuantizeAttrs } from './kernel-name.ts';
import { DIGITS_WGSL } from './webgpu-digits.ts';
import { extremesWgsl, ROWS_PER_WORKGROUP } from './webgpu-extremes.ts';

/** By the length of their lists; longer ones need more than the 16 KiB of workgroup memory that every device has. */
const EXTREMES_WGSL = new Map([2, 4, 8, 16].map((listSize) => [listSize, extremesWgsl(listSize)]));

/** Runs the WGSL kernel with the shortest lists that reach both ranks, or the one for any ranks. */
export function occQuantizeWebGpu(
  inputs: KernelInputs,
  { lower, upper }: OccQuantizeAttrs,
  backend: GpuBackend,
): TensorInfo[] {
  const x = inputs['x']!;
  const [rows, cols] = x.shape as [number, number];
  const width = lower + cols - 1 - upper;
  const outputs = [
    gpuOutput(backend, [rows, Math.ceil(cols / 8)], 'int32'),
    gpuOutput(backend, [rows], 'float32'),
    gpuOutput(backend, [rows, width], 'int32'),
    gpuOutput(backend, [rows, width], 'float32'),
  ];
  const extremes = Math.max(lower + 1, cols - upper);
  const listSize = [...EXTREMES_WGSL.keys()].find((size) => size >= extremes);
  runProgram(backend, {
    name: 'occQuantize',
    wgsl: listSize === undefined ? DIGITS_WGSL : EXTREMES_WGSL.get(listSize)!,
    inputs: [x],
    outputs,
    params: [u32(rows), u32(cols), u32(lower), u32(upper)],
    workgroups: spreadWorkgroups(listSize === undefined ? rows : Math.ceil(rows / ROWS_PER_WORKGROUP)),
  });
  return outputs;
}
