import { dequantizeReference } from '../fp4-dequantize/reference.ts';
import { f32MatMulReference } from '../f32-matmul/reference.ts';
import type { Fp4Array } from '../fp4-matmul/reference.ts';

/** The definition of `Fp4MatMulDw`: the product with the dequantized activations, summed in float64. */
export function matMulDwReference(dy: Float32Array, x: Fp4Array, n: number, cols: number): Float32Array {
  const xMK = dequantizeReference(
    x.words,
    x.scales,
    x.rows,
    cols,
    x.scales.length === x.rows ? 'vector' : 'tensor',
  );
  return f32MatMulReference(dy, xMK, { m: n, n: cols, k: x.rows, transposeA: true, transposeB: false });
}
