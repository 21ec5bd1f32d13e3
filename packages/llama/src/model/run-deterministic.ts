import { env, getBackend, tidy } from '@tensorflow/tfjs-core';
import type { Tensor } from '@tensorflow/tfjs-core';

// tfjs-backend-webgpu's MatMulPackedProgram: never the split-K one, whose float atomics add in any order.
const PACKED_PROGRAM = 3;

/** Runs tfjs products so that they give the same bits every time, and tidies up after them. */
export function runDeterministic<Result extends Tensor>(body: () => Result): Result {
  if (getBackend() !== 'webgpu') return tidy(body);
  const before = env().getNumber('WEBGPU_MATMUL_PROGRAM_TYPE');
  env().set('WEBGPU_MATMUL_PROGRAM_TYPE', PACKED_PROGRAM);
  try {
    return tidy(body);
  } finally {
    env().set('WEBGPU_MATMUL_PROGRAM_TYPE', before);
  }
}
