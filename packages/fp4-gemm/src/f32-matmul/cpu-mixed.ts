import { cpuFloats, cpuInts, cpuOutput } from '@nibble-ml/tfjs-bridge';
import type { CpuBackend, KernelFunction } from '@nibble-ml/tfjs-bridge';
import type { Fp4BlockAttributes } from '../fp4-attributes.ts';
import { dequantizeReference } from '../fp4-dequantize/reference.ts';
import { cpuScales } from '../fp4-scales/cpu-scales.ts';
import { f32MatMulInOrder } from './f32-order.ts';

/**
 * The definition of `Fp4BlockMatMulDx` (dY as it is) and `Fp4BlockMatMulDw` (dY transposed), on the cpu backend: the
 * product with the dequantized operand, in the float32 order of `F32MatMul`.
 */
export function mixedMatMulCpu(transposeDy: boolean): KernelFunction<CpuBackend, Fp4BlockAttributes> {
  return ({ dy, codes, scales, tensorScale }, attrs, backend) => {
    const { cols, block } = attrs;
    const m = dy!.shape[transposeDy ? 1 : 0]!;
    const k = dy!.shape[transposeDy ? 0 : 1]!;
    const floats = cpuScales(backend, k, scales!, tensorScale, attrs);
    const decoded = dequantizeReference(cpuInts(backend, codes!), floats, k, cols, { block });
    const shape = { m, n: cols, k, transposeA: transposeDy, transposeB: false };
    return cpuOutput(backend, [m, cols], f32MatMulInOrder(cpuFloats(backend, dy!), decoded, shape));
  };
}
