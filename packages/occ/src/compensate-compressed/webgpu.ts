import type { KernelInputs } from '@nibble-ml/tfjs-bridge';
import { runProgram, u32 } from '@nibble-ml/tfjs-bridge/webgpu';
import type { GpuBackend } from '@nibble-ml/tfjs-bridge/webgpu';
import type { TensorInfo } from '@tensorflow/tfjs-core';
import { compensateRowsWgsl } from '../compensate/rows-wgsl.ts';
import type { EntriesWgsl } from '../compensate/rows-wgsl.ts';
import { threadShare } from '../thread-share.ts';
import { spreadWorkgroups } from '../workgroups.ts';

const ENTRIES: EntriesWgsl = {
  arrays: [
    ['starts', 'u32'],
    ['columns', 'u32'],
    ['values', 'f32'],
  ],
  first: 'starts[row]',
  end: 'starts[row + 1u]',
  columns: 'columns',
  atZero: 'continue',
};

/** Runs the WGSL kernel. */
export function compensateCompressedWebGpu(
  inputs: KernelInputs,
  _attrs: object,
  backend: GpuBackend,
): TensorInfo[] {
  const { y, starts, columns, values, w } = inputs;
  const [rows, cols] = y!.shape as [number, number];
  if (rows * cols === 0) return [];
  const share = threadShare(backend.device);
  const groupsPerRow = Math.ceil(cols / (share.threads * share.outputs));
  runProgram(backend, {
    name: 'occCompensateCompressed',
    wgsl: compensateRowsWgsl(share, ENTRIES),
    inputs: [starts!, columns!, values!, w!],
    outputs: [y!],
    params: [u32(rows), u32(cols), u32(groupsPerRow)],
    workgroups: spreadWorkgroups(rows * groupsPerRow),
  });
  return [];
}
