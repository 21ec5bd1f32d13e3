import { cpuFloats, cpuInts } from '@nibble-ml/tfjs-bridge';
import type { CpuBackend } from '@nibble-ml/tfjs-bridge';
import type { TensorInfo } from '@tensorflow/tfjs-core';
import type { Fp4BlockAttributes } from '../fp4-attributes.ts';
import { decodeBlockScales } from './block-scales.ts';

/** The scales of an FP4 matrix on the cpu backend: float32 `[rows, blocks]`, `[rows]` or `[1]`. */
export function cpuScales(
  backend: CpuBackend,
  rows: number,
  scales: TensorInfo,
  tensorScale: TensorInfo | undefined,
  { cols, block, scaleFormat }: Fp4BlockAttributes,
): Float32Array {
  if (scaleFormat === 'f32') return cpuFloats(backend, scales);
  const factor = tensorScale === undefined ? 1 : cpuFloats(backend, tensorScale)[0]!;
  return decodeBlockScales(scaleFormat, cpuInts(backend, scales), factor, rows, Math.ceil(cols / block));
}
