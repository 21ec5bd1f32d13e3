import { decodeTable, E2M1, quantize, unpackCodes } from '@nibble-ml/fp4-format';
import type { Quantized } from '@nibble-ml/fp4-format';
import type { GemmTask } from '../contest/task.ts';
import { resultShape, sampledRows } from './operands.ts';
import type { Operands } from './operands.ts';

/** Sampled rows of a result, and for each element how far float32 sums may be from it. */
export interface Expected {
  readonly values: Float64Array;
  readonly bounds: Float64Array;
}

/** The sampled rows of the f32 product, in float64. */
export function expectedRows({ op, shape }: GemmTask, { xMK, wNK, dyMN }: Operands): Expected {
  const [m, k, n] = shape;
  switch (op) {
    case 'dgrad':
      return productRows([m, k], n, { of: dyMN, row: n, step: 1 }, { of: wNK, step: k, col: 1 });
    case 'wgrad':
      return productRows([n, k], m, { of: dyMN, row: 1, step: n }, { of: xMK, step: k, col: 1 });
    default:
      return productRows([m, n], k, { of: xMK, row: k, step: 1 }, { of: wNK, step: 1, col: k });
  }
}

/**
 * The sampled rows of `fp4MatMul`, to the bit: the integer sum of doubled codes, times 1/4, times the two scales, each
 * product rounded to float32.
 */
export function exactFp4Rows({ op, shape }: GemmTask, { xMK, wNK }: Operands): Float32Array {
  const [m, k, n] = shape;
  const [x, w] = [quantize(xMK, m, k), quantize(wNK, n, k)];
  const [xDoubled, wDoubled] = [doubledCodes(x), doubledCodes(w)];
  const rows = sampledRows(resultShape(op, shape)[0]);
  const values = new Float32Array(rows.length * n);
  for (const [index, row] of rows.entries()) {
    for (let col = 0; col < n; col++) {
      let sum = 0;
      for (let i = 0; i < k; i++) sum += xDoubled[row * k + i]! * wDoubled[col * k + i]!;
      const scaled = Math.fround(Math.fround(sum * 0.25) * x.scales[row]!);
      values[index * n + col] = scaled * w.scales[col]!;
    }
  }
  return values;
}

interface Operand {
  readonly of: Float32Array;
  /** Distance of neighbours along the sum. */
  readonly step: number;
}

function productRows(
  [rows, cols]: readonly [number, number],
  depth: number,
  a: Operand & { readonly row: number },
  b: Operand & { readonly col: number },
): Expected {
  const sampled = sampledRows(rows);
  const values = new Float64Array(sampled.length * cols);
  const bounds = new Float64Array(sampled.length * cols);
  for (const [index, row] of sampled.entries()) {
    for (let i = 0; i < depth; i++) {
      const left = a.of[row * a.row + i * a.step]!;
      for (let col = 0; col < cols; col++) {
        const term = left * b.of[i * b.step + col * b.col]!;
        values[index * cols + col]! += term;
        bounds[index * cols + col]! += Math.abs(term);
      }
    }
  }
  // Each term is rounded at most depth + 2 times, by 2⁻²⁴ each time.
  return { values, bounds: bounds.map((sum) => sum * (depth + 2) * 2 ** -24) };
}

function doubledCodes({ words, rows, cols }: Quantized): Int8Array {
  const table = decodeTable(E2M1);
  return Int8Array.from(unpackCodes(words, rows, cols), (code) => 2 * table[code]!);
}
