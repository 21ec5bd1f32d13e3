import { engine } from '@tensorflow/tfjs-core';
import type { Tensor2D } from '@tensorflow/tfjs-core';
import { registerOcc } from '../register.ts';
import { disposeSparseRows } from '../sparse-rows.ts';
import type { SparseRows } from '../sparse-rows.ts';
import { OCC_ROUND_RESIDUAL_E4M3 } from './kernel-name.ts';

/** Rounds a residual to E4M3 as `Compensation` has it, and disposes the one it takes. */
export function roundResidual(residual: SparseRows): SparseRows {
  registerOcc();
  const { indices, values } = residual;
  const [keptIndices, keptValues] = engine().runKernel(
    OCC_ROUND_RESIDUAL_E4M3,
    { indices, values },
    {},
  ) as unknown as [Tensor2D, Tensor2D];
  disposeSparseRows(residual);
  return { ...residual, indices: keptIndices, values: keptValues };
}
