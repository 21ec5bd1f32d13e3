import { tensor2d } from '@tensorflow/tfjs-core';
import { quantize } from '@nibble-ml/fp4-format';
import { disposeFp4, fp4MatMul, fp4Quantize } from '@nibble-ml/fp4-gemm';
import { decodeDoubled } from './decode-doubled.ts';

const [M, K, N] = [5, 137, 7];

/** The outcome of {@link selfTest}. */
export interface SelfTestResult {
  /** Values compared, all equal to the bit. */
  readonly values: number;
  readonly milliseconds: number;
}

/**
 * Quantizes two matrices and multiplies them in FP4 on the current backend, and compares codes, scales and products
 * bit for bit with the definition computed here on typed arrays.
 *
 * @throws Error naming the first value that differs: the driver, the engine or a kernel is wrong
 */
export async function selfTest(): Promise<SelfTestResult> {
  const start = performance.now();
  const x = testMatrix(M, 1);
  const w = testMatrix(N, 2);
  const [xTensor, wTensor] = [tensor2d(x, [M, K]), tensor2d(w, [N, K])];
  const [xFp4, wFp4] = [fp4Quantize(xTensor), fp4Quantize(wTensor)];
  const y = fp4MatMul(xFp4, wFp4);
  const xWanted = quantize(x, M, K, { granularity: 'vector' });
  const wWanted = quantize(w, N, K, { granularity: 'vector' });
  compare('codes', await xFp4.codes.data(), xWanted.words);
  compare('scales', await xFp4.scales.data(), xWanted.scales);
  compare('codes', await wFp4.codes.data(), wWanted.words);
  compare('products', await y.data(), multiply(xWanted, wWanted));
  for (const tensor of [xTensor, wTensor, y]) tensor.dispose();
  disposeFp4(xFp4);
  disposeFp4(wFp4);
  return { values: 2 * xWanted.words.length + M + M * N, milliseconds: performance.now() - start };
}

/** Values of many magnitudes: each row has its own, and one zero row is among them. */
function testMatrix(rows: number, seed: number): Float32Array {
  return Float32Array.from({ length: rows * K }, (_, i) => {
    const row = Math.floor(i / K);
    return row === 3 ? 0 : Math.sin(i * 1.7 + seed) * 2 ** ((row - 2) * 9);
  });
}

interface Quantized {
  readonly words: Int32Array;
  readonly scales: Float32Array;
}

function multiply(x: Quantized, w: Quantized): Float32Array {
  const y = new Float32Array(M * N);
  for (let m = 0; m < M; m++) {
    for (let n = 0; n < N; n++) {
      let sum = 0;
      for (let k = 0; k < K; k++) sum += decodeDoubled(x.words, m, k, K) * decodeDoubled(w.words, n, k, K);
      y[m * N + n] = Math.fround(Math.fround(sum * 0.25 * x.scales[m]!) * w.scales[n]!);
    }
  }
  return y;
}

function compare(what: string, got: ArrayLike<number>, wanted: ArrayLike<number>): void {
  for (let i = 0; i < wanted.length; i++) {
    if (!Object.is(got[i], wanted[i])) {
      throw new Error(
        `selfTest: the FP4 ${what} must equal the reference to the bit, but value ${i} is ${got[i]} instead of ${wanted[i]}; update the GPU driver or use another --backend`,
      );
    }
  }
}
