import { dequantizeReference } from '../fp4-dequantize/reference.ts';
import { f32MatMulReference } from '../f32-matmul/reference.ts';
import type { Fp4Array } from '../fp4-matmul/reference.ts';

/** The definition of `Fp4MatMulDx`: the product with the dequantized weights, summed in float64. */
export function matMulDxReference(dy: Float32Array, w: Fp4Array, m: number, cols: number): Float32Array {
  const wNK = dequantizeReference(
    w.words,
    w.scales,
    w.rows,
    cols,
    w.scales.length === w.rows ? 'vector' : 'tensor',
  );
  return f32MatMulReference(dy, wNK, { m, n: cols, k: w.rows, transposeA: false, transposeB: false });
}
