import { customGrad } from '@tensorflow/tfjs-core';
import type { Tensor, Tensor2D } from '@tensorflow/tfjs-core';
import { f32MatMul } from '@nibble-ml/fp4-gemm';
import type { GemmLog } from './gemm-log.ts';
import type { LinearOp } from './linear-op.ts';

const PRECISION = 'f32 x f32, f32 sums';
const KERNEL = 'F32MatMul';

/** A linear layer with its three products in f32. */
export function createF32Linear(log: GemmLog): LinearOp {
  return (xMK, wNK, site) => {
    const linear = customGrad((x, w, save) => {
      (save as (tensors: Tensor[]) => void)([x as Tensor2D]);
      log.add(site, 'fprop', PRECISION, KERNEL);
      return {
        value: f32MatMul(x as Tensor2D, w as Tensor2D, { transposeB: true }),
        gradFunc: (dyMN: Tensor2D, saved: Tensor[]) => {
          log.add(site, 'dgrad', PRECISION, KERNEL);
          log.add(site, 'wgrad', PRECISION, KERNEL);
          return [f32MatMul(dyMN, wNK), f32MatMul(dyMN, saved[0] as Tensor2D, { transposeA: true })];
        },
      };
    });
    return linear(xMK, wNK) as Tensor2D;
  };
}
