import type { KernelInputs } from '@nibble-ml/tfjs-bridge';
import type { GpuBackend } from '@nibble-ml/tfjs-bridge/webgpu';
import type { TensorInfo } from '@tensorflow/tfjs-core';
import { ADD_SUM } from './dw-epilogue.ts';
import { dwVariant, runCompensateDw } from './run-compensate-dw.ts';
import type { DwTensors } from './run-compensate-dw.ts';

/** Runs the WGSL kernel. */
export function compensateDwWebGpu(inputs: KernelInputs, _attrs: object, backend: GpuBackend): TensorInfo[] {
  const tensors = inputs as unknown as DwTensors;
  const [n, k] = tensors.dw.shape as [number, number];
  const [m, width] = tensors.indices.shape as [number, number];
  if (m * width * n * k === 0) return [];
  const variant = dwVariant(backend.device);
  runCompensateDw(backend, tensors, { name: 'occCompensateDw', epilogue: ADD_SUM, variant });
  return [];
}
