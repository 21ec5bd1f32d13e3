import { jit, numpy as np } from '@jax-js/jax';
import type { Entry, GemmTask } from '../../contest/task.ts';
import { operandsOf, resultShape, sampleRows, transposed } from '../../gemm/operands.ts';
import { makeArray } from './make-array.ts';

type Product = (a: np.Array, b: np.Array) => np.Array;

/** The product under `jit`, with the weights stored `[N, K]` and `[K, N]`. The faster counts. */
export function gemmEntries(task: GemmTask): Entry[] {
  const [m, k, n] = task.shape;
  const { xMK, wNK, dyMN } = operandsOf(task.shape);
  const x = (): np.Array => makeArray(xMK, [m, k]);
  const w = (): np.Array => makeArray(wNK, [n, k]);
  const wKN = (): np.Array => makeArray(transposed(wNK, n, k), [k, n]);
  const dy = (): np.Array => makeArray(dyMN, [m, n]);
  switch (task.op) {
    case 'dgrad':
      return [
        entry(task, 'W[N,K]', (a, b) => np.matmul(a, b), dy(), w()),
        entry(task, 'W[K,N]', (a, b) => np.matmul(a, np.transpose(b)), dy(), wKN()),
      ];
    case 'wgrad':
      return [
        entry(task, 'dW[N,K]', (a, b) => np.matmul(np.transpose(a), b), dy(), x()),
        entry(task, 'dW[K,N]', (a, b) => np.matmul(np.transpose(a), b), x(), dy(), true),
      ];
    case 'fwd':
    case 'fwdWithQuantize':
      return [
        entry(task, 'W[K,N]', (a, b) => np.matmul(a, b), x(), wKN()),
        entry(task, 'W[N,K]', (a, b) => np.matmul(a, np.transpose(b)), x(), w()),
      ];
  }
}

function entry(
  { op, shape }: GemmTask,
  variant: string,
  product: Product,
  a: np.Array,
  b: np.Array,
  isTransposed = false,
): Entry {
  const compiled = jit(product);
  return {
    variant,
    async run() {
      const result = compiled(a.ref, b.ref);
      await result.blockUntilReady();
      result.dispose();
    },
    async check() {
      const values = (await compiled(a.ref, b.ref).data()) as Float32Array;
      const [rows, cols] = resultShape(op, shape);
      return sampleRows(isTransposed ? transposed(values, cols, rows) : values, rows, cols);
    },
    dispose() {
      a.dispose();
      b.dispose();
      compiled.dispose();
    },
  };
}
