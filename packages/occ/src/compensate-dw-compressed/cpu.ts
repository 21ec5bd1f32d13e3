import { cpuFloats, cpuInts } from '@nibble-ml/tfjs-bridge';
import type { CpuBackend, KernelInputs } from '@nibble-ml/tfjs-bridge';
import type { TensorInfo } from '@tensorflow/tfjs-core';
import { widenRows } from '../compensate-compressed/widen-rows.ts';
import { compensateDwF32 } from '../compensate-dw/f32-order.ts';

/** Hands the definition of the bits to tfjs's cpu backend. */
export function compensateDwCompressedCpu(
  inputs: KernelInputs,
  _attrs: object,
  backend: CpuBackend,
): TensorInfo[] {
  const { dw, dy, starts, columns, values } = inputs;
  const [n, k] = dw!.shape as [number, number];
  const wide = widenRows(cpuInts(backend, starts!), cpuInts(backend, columns!), cpuFloats(backend, values!));
  compensateDwF32(cpuFloats(backend, dw!), cpuFloats(backend, dy!), wide.indices, wide.values, {
    m: dy!.shape[0]!,
    n,
    k,
    width: wide.width,
  });
  return [];
}
