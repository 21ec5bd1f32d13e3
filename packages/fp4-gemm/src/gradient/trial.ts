import { tensor1d, tensor2d } from '@tensorflow/tfjs-core';
import type { Tensor2D } from '@tensorflow/tfjs-core';
import { fp4MatMulDw } from '../fp4-matmul-dw/fp4-matmul-dw.ts';
import { fp4MatMulDx } from '../fp4-matmul-dx/fp4-matmul-dx.ts';
import { disposeFp4 } from '../fp4-tensor.ts';
import type { Fp4RowScaled } from '../fp4-tensor.ts';
import type { GradientProduct } from './fold.ts';
import type { GradientFormat } from './options.ts';
import { gradientProductReference } from './reference.ts';

/** For tests: a gradient product and its operands on typed arrays. */
export interface Trial {
  readonly product: GradientProduct;
  readonly gradient: GradientFormat;
  readonly seed?: number;
  /** dY is `[m, n]`, the FP4 operand `[n, cols]` for dX and `[m, cols]` for dW. */
  readonly m: number;
  readonly n: number;
  readonly cols: number;
  readonly dy: Float32Array;
  readonly words: Int32Array;
  /** One per row of the FP4 operand, or one in all. */
  readonly scales: Float32Array;
}

/** Rows of the FP4 operand: the length of the sum. */
export function summedLength({ product, m, n }: Pick<Trial, 'product' | 'm' | 'n'>): number {
  return product === 'dx' ? n : m;
}

/** Runs the product on the current backend; the result is all that is left. */
export function runTrial(trial: Trial): Tensor2D {
  const { product, gradient, seed = 0, m, n, cols } = trial;
  const rows = summedLength(trial);
  const dyMN = tensor2d(trial.dy, [m, n]);
  const operand: Fp4RowScaled = {
    rows,
    cols,
    codes: tensor2d(trial.words, [rows, Math.ceil(cols / 8)], 'int32'),
    scales: tensor1d(trial.scales),
    granularity: trial.scales.length === rows ? 'vector' : 'tensor',
  };
  const out = (product === 'dx' ? fp4MatMulDx : fp4MatMulDw)(dyMN, operand, { gradient, seed });
  dyMN.dispose();
  disposeFp4(operand);
  return out;
}

/** The bits of the definition; those of a NaN are 0x7fc00000. */
export function expectedBits(trial: Trial): Uint32Array {
  const { product, gradient, seed = 0, m, n, cols, words, scales } = trial;
  const fp4 = { words, scales, rows: summedLength(trial) };
  return canonicalBits(gradientProductReference(trial.dy, m, n, fp4, product, { cols, gradient, seed }));
}

/** The bits of float32 values, with one pattern for all NaN. */
export function canonicalBits(values: Float32Array): Uint32Array {
  return Uint32Array.from(new Uint32Array(values.buffer, values.byteOffset, values.length), (bits, i) =>
    Number.isNaN(values[i]!) ? 0x7fc00000 : bits,
  );
}

/** Random codes `[rows, ceil(cols / 8)]`, all sixteen of them. */
export function randomCodes(rows: number, cols: number, random: () => number): Int32Array {
  const words = Math.ceil(cols / 8);
  const tail = cols % 8 === 0 ? -1 : 2 ** (4 * (cols % 8)) - 1;
  return Int32Array.from(
    { length: rows * words },
    (_, i) => (random() * 2 ** 32) & (i % words === words - 1 ? tail : -1),
  );
}

/** Scales of very different size, so that one of a wrong row shows. */
export function randomScales(count: number, random: () => number): Float32Array {
  return Float32Array.from({ length: count }, () => (0.5 + random()) * 2 ** (random() * 20 - 10));
}
