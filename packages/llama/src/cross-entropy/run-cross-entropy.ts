import { engine } from '@tensorflow/tfjs-core';
import type { Scalar, Tensor, Tensor1D, Tensor2D } from '@tensorflow/tfjs-core';
import { registerOp } from '../kernel/register-op.ts';
import { crossEntropyCpu, meanLossCpu } from './cpu.ts';
import { CROSS_ENTROPY, MEAN_LOSS } from './kernel.ts';
import { crossEntropyWasm, meanLossWasm } from './wasm.ts';
import { crossEntropyWebGpu, meanLossWebGpu } from './webgpu.ts';

/** What was made of the rows before. */
export interface RowsBefore {
  /** How many they are. */
  readonly count: number;
  /** The loss `[M]` of all rows, filled so far; none before the first. */
  readonly loss: Tensor1D | undefined;
}

const NO_ROWS: RowsBefore = { count: 0, loss: undefined };

/**
 * Loss `[M]` of each row, of which those of `logitsRV` are filled in after those `before`; the tensor shares its data with
 * the loss of those.
 */
export function rowLoss(logitsRV: Tensor2D, targetsM: Tensor1D, before: RowsBefore = NO_ROWS): Tensor1D {
  return run<[Tensor1D]>(logitsRV, targetsM, before, false)[0];
}

/** What {@link rowLoss} gives, and the gradient `[R, V]` of the mean loss of all rows. */
export function rowLossAndGrad(
  logitsRV: Tensor2D,
  targetsM: Tensor1D,
  before: RowsBefore = NO_ROWS,
): [loss: Tensor1D, dLogits: Tensor2D] {
  return run(logitsRV, targetsM, before, true);
}

function run<Outputs extends Tensor[]>(
  logits: Tensor2D,
  targets: Tensor1D,
  { count: firstRow, loss }: RowsBefore,
  gradient: boolean,
): Outputs {
  register();
  const inputs = { logits, targets, ...(loss !== undefined && { loss }) };
  return engine().runKernel(CROSS_ENTROPY, inputs, { gradient, firstRow }) as Tensor[] as Outputs;
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
