import type { KernelInputs } from '@nibble-ml/tfjs-bridge';
import { gpuOutput, runProgram, u32 } from '@nibble-ml/tfjs-bridge/webgpu';
import type { GpuBackend } from '@nibble-ml/tfjs-bridge/webgpu';
import { engine } from '@tensorflow/tfjs-core';
import type { TensorInfo } from '@tensorflow/tfjs-core';
import { threadShare } from '../thread-share.ts';
import { spreadWorkgroups } from '../workgroups.ts';
import type { OccQuantizeTensorAttrs } from './kernel-name.ts';
import { codesWgsl } from './webgpu-codes-wgsl.ts';
import { entriesWgsl } from './webgpu-entries-wgsl.ts';
import { startsWgsl } from './webgpu-starts-wgsl.ts';

const STARTS_WGSL = { vector: startsWgsl('vector'), tensor: startsWgsl('tensor') };

/** Three dispatches: the first reads the activation, the second a count for each row, the third a bit for each element. */
export function occQuantizeTensorWebGpu(
  { x, thresholds }: KernelInputs,
  { granularity, capacity, isE4m3 }: OccQuantizeTensorAttrs,
  backend: GpuBackend,
): TensorInfo[] {
  const [rows, cols] = x!.shape as [number, number];
  const { threads } = threadShare(backend.device);
  const codes = gpuOutput(backend, [rows, Math.ceil(cols / 8)], 'int32');
  const scales = gpuOutput(backend, [granularity === 'vector' ? rows : 1], 'float32');
  const starts = gpuOutput(backend, [rows + 1], 'int32');
  const columns = gpuOutput(backend, [capacity], 'int32');
  const values = gpuOutput(backend, [capacity], 'float32');
  const marks = gpuOutput(backend, [rows, Math.ceil(cols / 32)], 'int32');
  const counts = gpuOutput(backend, [rows], 'int32');
  const outputs = [codes, marks, counts];
  runProgram(backend, {
    name: 'occQuantizeTensorCodes',
    wgsl: codesWgsl(granularity, threads),
    inputs: [x!, thresholds!],
    outputs: granularity === 'vector' ? [...outputs, scales] : outputs,
    params: [u32(rows), u32(cols)],
    workgroups: spreadWorkgroups(rows),
  });
  runProgram(backend, {
    name: 'occQuantizeTensorStarts',
    wgsl: STARTS_WGSL[granularity],
    inputs: [thresholds!, counts],
    outputs: [starts, scales],
    params: [u32(rows), u32(capacity)],
    workgroups: [1],
  });
  runProgram(backend, {
    name: 'occQuantizeTensorEntries',
    wgsl: entriesWgsl(isE4m3, threads),
    inputs: [x!, thresholds!, marks, starts],
    outputs: [columns, values],
    params: [u32(rows), u32(cols), u32(capacity)],
    workgroups: spreadWorkgroups(rows),
  });
  for (const temporary of [marks, counts]) engine().makeTensorFromTensorInfo(temporary).dispose();
  return [codes, scales, starts, columns, values];
}
