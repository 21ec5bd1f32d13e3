import { runFp4MatMulWebGpu } from '@nibble-ml/fp4-gemm/webgpu';
import type { KernelInputs } from '@nibble-ml/tfjs-bridge';
import { isSoftwareAdapter } from '@nibble-ml/tfjs-bridge/webgpu';
import type { GpuBackend } from '@nibble-ml/tfjs-bridge/webgpu';
import type { TensorInfo } from '@tensorflow/tfjs-core';
import { compensateWebGpu } from '../compensate/webgpu.ts';

/**
 * Slots up to which a software adapter is faster when it adds the residual as it writes the product. A thread of the product
 * takes 4 columns of a row, one of `compensate` 32 there, and every slot has its cost; measured on lavapipe, the shader in one
 * takes 0.83 to 0.94 of the time at 2 slots, 1.0 to 1.1 at 6 and 1.25 at 38.
 */
const MAX_SOFTWARE_WIDTH = 4;

/** Multiplies and adds the residual in one dispatch, or in two where that is faster. None of the sizes may be 0. */
export function fp4MatMulAndCompensateWebGpu(
  { indices, values, wKN, ...operands }: KernelInputs,
  _attrs: object,
  backend: GpuBackend,
): TensorInfo {
  if (indices!.shape[1]! > MAX_SOFTWARE_WIDTH && isSoftware(backend.device)) {
    const y = runFp4MatMulWebGpu(backend, operands);
    compensateWebGpu({ y, indices: indices!, values: values!, w: wKN! }, {}, backend);
    return y;
  }
  return runFp4MatMulWebGpu(backend, operands, { indices: indices!, values: values!, wKN: wKN! });
}

function isSoftware(device: GPUDevice): boolean {
  return isSoftwareAdapter({ info: device.adapterInfo } as GPUAdapter);
}
