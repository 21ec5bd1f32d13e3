import { customGrad, env, getBackend, matMul, tidy, transpose } from '@tensorflow/tfjs-core';
import type { Tensor, Tensor2D } from '@tensorflow/tfjs-core';
import type { LinearOp } from './linear-op.ts';

// tfjs-backend-webgpu's MatMulPackedProgram: never the split-K one, whose float atomics add in any order.
const PACKED_PROGRAM = 3;

/** The plain linear layer: `y = x · wᵀ` and its gradient in f32 with tfjs's own `matMul`, deterministic. */
export const denseLinear: LinearOp = (xMK, wNK) => {
  const linear = customGrad((x, w, save) => {
    (save as (tensors: Tensor[]) => void)([x as Tensor2D, w as Tensor2D]);
    return {
      value: product(x as Tensor2D, w as Tensor2D, false, true),
      gradFunc: (dyMN: Tensor2D, saved: Tensor[]) => {
        const [savedX, savedW] = saved as [Tensor2D, Tensor2D];
        return [product(dyMN, savedW, false, false), product(dyMN, savedX, true, false)];
      },
    };
  });
  return linear(xMK, wNK) as Tensor2D;
};

function product(a: Tensor2D, b: Tensor2D, transposeA: boolean, transposeB: boolean): Tensor2D {
  switch (getBackend()) {
    // tfjs-wasm multiplies transposed operands twelve times slower than it transposes and multiplies.
    case 'wasm':
      return tidy(() => matMul(transposeA ? transpose(a) : a, transposeB ? transpose(b) : b));
    case 'webgpu':
      return withPackedProgram(() => matMul(a, b, transposeA, transposeB));
    default:
      return matMul(a, b, transposeA, transposeB);
  }
}

function withPackedProgram<Result>(body: () => Result): Result {
  const before = env().getNumber('WEBGPU_MATMUL_PROGRAM_TYPE');
  env().set('WEBGPU_MATMUL_PROGRAM_TYPE', PACKED_PROGRAM);
  try {
    return body();
  } finally {
    env().set('WEBGPU_MATMUL_PROGRAM_TYPE', before);
  }
}
