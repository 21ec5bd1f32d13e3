import { cpuFloats, cpuInts } from '@nibble-ml/tfjs-bridge';
import type { CpuBackend, KernelInputs } from '@nibble-ml/tfjs-bridge';
import type { TensorInfo } from '@tensorflow/tfjs-core';
import { compensateF32 } from '../compensate/f32-order.ts';
import { widenRows } from './widen-rows.ts';

/** Hands the definition of the bits to tfjs's cpu backend. */
export function compensateCompressedCpu(
  inputs: KernelInputs,
  _attrs: object,
  backend: CpuBackend,
): TensorInfo[] {
  const { y, starts, columns, values, w } = inputs;
  const wide = widenRows(cpuInts(backend, starts!), cpuInts(backend, columns!), cpuFloats(backend, values!));
  const [rows, cols] = y!.shape as [number, number];
  compensateF32(
    cpuFloats(backend, y!),
    wide.indices,
    wide.values,
    cpuFloats(backend, w!),
    rows,
    cols,
    wide.width,
  );
  return [];
}
