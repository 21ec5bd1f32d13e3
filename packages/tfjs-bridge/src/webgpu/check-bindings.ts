import { util } from '@tensorflow/tfjs-core';
import type { TensorInfo } from '@tensorflow/tfjs-core';
import type { GpuProgram } from './gpu-program.ts';

/**
 * Checks that every tensor of a program may be bound on this device, which tfjs's own kernels do not: there such a
 * dispatch silently does nothing. All dtypes have 4 bytes on the GPU.
 *
 * @throws RangeError that names the tensor, its bytes and the limit
 */
export function checkBindings(
  device: Pick<GPUDevice, 'limits'>,
  { name, inputs, outputs }: Pick<GpuProgram, 'name' | 'inputs' | 'outputs'>,
): void {
  const { maxStorageBufferBindingSize, maxBufferSize } = device.limits;
  const limit = Math.min(maxStorageBufferBindingSize, maxBufferSize);
  const check = (tensor: TensorInfo, role: string): void => {
    const bytes = util.sizeFromShape(tensor.shape) * 4;
    if (bytes <= limit) return;
    throw new RangeError(
      `runProgram: ${role} [${tensor.shape.join(', ')}] of ${name} must have at most ${limit} bytes, the largest storage buffer of this device, but has ${bytes}; split it by rows, or use a smaller batch`,
    );
  };
  for (const [index, tensor] of inputs.entries()) check(tensor, `input ${index}`);
  for (const [index, tensor] of outputs.entries()) check(tensor, `output ${index}`);
}
