import { dequantizeReference } from '../fp4-dequantize/reference.ts';
import { f32MatMulInOrder } from '../f32-matmul/f32-order.ts';
import type { Fp4Array } from '../fp4-matmul/reference.ts';

/** The definition of `Fp4MatMulDx`: the product with the dequantized weights, in the float32 order of `F32MatMul`. */
export function matMulDxReference(dy: Float32Array, w: Fp4Array, m: number, cols: number): Float32Array {
  const wNK = dequantizeReference(
    w.words,
    w.scales,
    w.rows,
    cols,
    w.scales.length === w.rows ? 'vector' : 'tensor',
  );
  return f32MatMulInOrder(dy, wNK, { m, n: cols, k: w.rows, transposeA: false, transposeB: false });
}
