import * as tf from '@tensorflow/tfjs';
import type { Entry, GemmTask } from '../../contest/task.ts';
import type { TfjsDevice } from '../../contest/tfjs-device.ts';
import { operandsOf, transposed } from '../../gemm/operands.ts';
import { tfjsEntry } from '../../gemm/tfjs-entry.ts';

/**
 * The product by `tf.matMul`, with the weights stored `[N, K]` and `[K, N]`, by its transposition flags and, as
 * tfjs-wasm is slow at those, by transposing first. The fastest counts.
 */
export function gemmEntries(device: TfjsDevice, task: GemmTask): Entry[] {
  const [m, k, n] = task.shape;
  const { xMK, wNK, dyMN } = operandsOf(task.shape);
  const x = tf.tensor2d(xMK, [m, k]);
  const w = tf.tensor2d(wNK, [n, k]);
  const wKN = tf.tensor2d(transposed(wNK, n, k), [k, n]);
  const dy = tf.tensor2d(dyMN, [m, n]);
  const entry = (variant: string, product: () => tf.Tensor, isTransposed = false): Entry =>
    tfjsEntry(device, task, { variant, product: () => tf.tidy(product), isTransposed }, [x, w, wKN, dy]);
  switch (task.op) {
    case 'dgrad':
      return [
        entry('W[N,K]', () => tf.matMul(dy, w)),
        entry('W[K,N], transposeB', () => tf.matMul(dy, wKN, false, true)),
      ];
    case 'wgrad':
      return [
        entry('transposeA', () => tf.matMul(dy, x, true, false)),
        entry('transpose, then matMul', () => tf.matMul(tf.transpose(dy), x)),
        entry('W[K,N], transpose, then matMul', () => tf.matMul(tf.transpose(x), dy), true),
      ];
    case 'fwd':
    case 'fwdWithQuantize':
      return [
        entry('W[K,N]', () => tf.matMul(x, wKN)),
        entry('W[N,K], transposeB', () => tf.matMul(x, w, false, true)),
      ];
  }
}
