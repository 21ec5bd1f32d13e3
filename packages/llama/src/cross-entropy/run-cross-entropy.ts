import { engine } from '@tensorflow/tfjs-core';
import type { Scalar, Tensor1D, Tensor2D } from '@tensorflow/tfjs-core';
import { registerOp } from '../kernel/register-op.ts';
import { crossEntropyCpu, meanLossCpu } from './cpu.ts';
import { CROSS_ENTROPY, MEAN_LOSS } from './kernel.ts';
import { crossEntropyWasm, meanLossWasm } from './wasm.ts';
import { crossEntropyWebGpu, meanLossWebGpu } from './webgpu.ts';

/** Loss `[M]` of each row. */
export function rowLoss(logitsMV: Tensor2D, targetsM: Tensor1D): Tensor1D {
  register();
  const attrs = { gradient: false, meanOf: 1 };
  return engine().runKernel<Tensor1D[]>(CROSS_ENTROPY, { logits: logitsMV, targets: targetsM }, attrs)[0]!;
}

/** Loss `[M]` of each row, and the gradient `[M, V]` of the mean loss of `meanOf` rows, of which these are a part. */
export function rowLossAndGrad(
  logitsMV: Tensor2D,
  targetsM: Tensor1D,
  meanOf: number,
): [loss: Tensor1D, dLogits: Tensor2D] {
  register();
  const attrs = { gradient: true, meanOf };
  return engine().runKernel(CROSS_ENTROPY, { logits: logitsMV, targets: targetsM }, attrs);
}

/** Mean of the losses of rows. */
export function meanLoss(lossM: Tensor1D): Scalar {
  register();
  return engine().runKernel<Scalar>(MEAN_LOSS, { loss: lossM });
}

function register(): void {
  registerOp(CROSS_ENTROPY, { cpu: crossEntropyCpu, wasm: crossEntropyWasm, webgpu: crossEntropyWebGpu });
  registerOp(MEAN_LOSS, { cpu: meanLossCpu, wasm: meanLossWasm, webgpu: meanLossWebGpu });
}
