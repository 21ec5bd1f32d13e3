import type { Tensor } from '@tensorflow/tfjs-core';
import { throwOnGpuError } from '@nibble-ml/tfjs-bridge/webgpu';
import { gpuSession } from './backends.ts';

/**
 * Reads a tensor and checks that the GPU reported no error.
 *
 * @throws GpuError when a shader or a binding was wrong
 */
export async function readFloats(tensor: Tensor): Promise<Float32Array> {
  const values = (await tensor.data()) as Float32Array;
  const session = gpuSession();
  if (session !== undefined) throwOnGpuError(session.device);
  return values;
}

/** Reads an int32 tensor and checks that the GPU reported no error. */
export async function readInts(tensor: Tensor): Promise<Int32Array> {
  return (await readFloats(tensor)) as unknown as Int32Array;
}

/** The bits of float32 values, so that -0, 0 and NaN payloads are told apart. */
export function bitsOf(values: Float32Array): Uint32Array {
  return new Uint32Array(values.buffer, values.byteOffset, values.length);
}
