import type { KernelInputs } from '@nibble-ml/tfjs-bridge';
import { runProgram, u32 } from '@nibble-ml/tfjs-bridge/webgpu';
import type { GpuBackend } from '@nibble-ml/tfjs-bridge/webgpu';
import type { TensorInfo } from '@tensorflow/tfjs-core';
import { threadShare } from '../thread-share.ts';
import { spreadWorkgroups } from '../workgroups.ts';
import { compensateRowsWgsl } from './rows-wgsl.ts';
import type { EntriesWgsl } from './rows-wgsl.ts';

/** Used slots come first. */
const SLOTS: EntriesWgsl = {
  arrays: [
    ['indices', 'u32'],
    ['values', 'f32'],
  ],
  field: 'width',
  first: 'row * params.width',
  end: '(row + 1u) * params.width',
  columns: 'indices',
  atZero: 'break',
};

/** Runs the WGSL kernel. */
export function compensateWebGpu(inputs: KernelInputs, _attrs: object, backend: GpuBackend): TensorInfo[] {
  const { y, indices, values, w } = inputs;
  const [rows, cols] = y!.shape as [number, number];
  const width = indices!.shape[1]!;
  if (rows * cols * width === 0) return [];
  const share = threadShare(backend.device, cols);
  const groupsPerRow = Math.ceil(cols / (share.threads * share.outputs));
  runProgram(backend, {
    name: 'occCompensate',
    wgsl: compensateRowsWgsl(share, SLOTS),
    inputs: [indices!, values!, w!],
    outputs: [y!],
    params: [u32(rows), u32(cols), u32(groupsPerRow), u32(width)],
    workgroups: spreadWorkgroups(rows * groupsPerRow),
  });
  return [];
}
