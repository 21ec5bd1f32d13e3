import { dequantizeReference } from '../fp4-dequantize/reference.ts';
import { f32MatMulInOrder } from '../f32-matmul/f32-order.ts';
import type { Fp4Array } from '../fp4-matmul/reference.ts';

/** The definition of `Fp4MatMulDw`: the product with the dequantized activations, in the float32 order of `F32MatMul`. */
export function matMulDwReference(dy: Float32Array, x: Fp4Array, n: number, cols: number): Float32Array {
  const xMK = dequantizeReference(
    x.words,
    x.scales,
    x.rows,
    cols,
    x.scales.length === x.rows ? 'vector' : 'tensor',
  );
  return f32MatMulInOrder(dy, xMK, { m: n, n: cols, k: x.rows, transposeA: true, transposeB: false });
}
