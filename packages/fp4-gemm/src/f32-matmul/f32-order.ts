import type { MatMulShape } from './reference.ts';

/** Steps of a sum that are added from zero; the sums of such blocks are then added in order. */
export const SUM_BLOCK = 384;

const f32 = Math.fround;

/**
 * `C[m, n] = Σ_k A[m, k] B[k, n]` in float32 arithmetic, in the order that the wasm and webgpu kernels follow:
 *
 *     block[j] = ((0 + a·b) + a·b) + ...        over steps 384 j to 384 j + 383, product and sum rounded each
 *     c        = ((block[0] + block[1]) + ...)
 *
 * This is the definition of the bits; the accuracy is judged against `f32MatMulReference`. There is no fused
 * multiply-add. Blocks fit a cache, and err less than one long chain of sums would.
 */
export function f32MatMulInOrder(a: Float32Array, b: Float32Array, shape: MatMulShape): Float32Array {
  const { m, n, k, transposeA, transposeB } = shape;
  const c = new Float32Array(m * n);
  const bKN = transposeB ? transposed(b, n, k) : b;
  const [aRow, aStep] = transposeA ? [1, m] : [k, 1];
  const blockN = new Float32Array(n);
  for (let row = 0; row < m; row++) {
    for (let first = 0; first < k; first += SUM_BLOCK) {
      const end = Math.min(first + SUM_BLOCK, k);
      blockN.fill(0);
      let step = first;
      let at = row * aRow + first * aStep;
      for (; step + 4 <= end; step += 4, at += 4 * aStep) {
        addFourSteps(blockN, a[at]!, a[at + aStep]!, a[at + 2 * aStep]!, a[at + 3 * aStep]!, bKN, step * n);
      }
      for (; step < end; step++, at += aStep) addStep(blockN, a[at]!, bKN, step * n);
      for (let column = 0, out = row * n; column < n; column++) c[out + column]! += blockN[column]!;
    }
  }
  return c;
}

/** blockN += a · B[step], where `at` is the offset of the row B[step]. */
function addStep(blockN: Float32Array, a: number, bKN: Float32Array, at: number): void {
  for (let column = 0; column < blockN.length; column++) blockN[column]! += f32(a * bKN[at + column]!);
}

/** Four times {@link addStep}, with one pass over the sums. */
function addFourSteps(
  blockN: Float32Array,
  a0: number,
  a1: number,
  a2: number,
  a3: number,
  bKN: Float32Array,
  at: number,
): void {
  const n = blockN.length;
  for (let column = 0; column < n; column++, at++) {
    let sum = f32(blockN[column]! + f32(a0 * bKN[at]!));
    sum = f32(sum + f32(a1 * bKN[at + n]!));
    sum = f32(sum + f32(a2 * bKN[at + 2 * n]!));
    blockN[column] = sum + f32(a3 * bKN[at + 3 * n]!);
  }
}

/** `[n, k]` as `[k, n]`, so that the columns of a step are contiguous. */
function transposed(bNK: Float32Array, n: number, k: number): Float32Array {
  const bKN = new Float32Array(n * k);
  for (let column = 0, from = 0; column < n; column++) {
    for (let step = 0, to = column; step < k; step++, from++, to += n) bKN[to] = bNK[from]!;
  }
  return bKN;
}
