import { cpuInts, cpuOutput } from '@nibble-ml/tfjs-bridge';
import type { CpuBackend, KernelFunction } from '@nibble-ml/tfjs-bridge';
import type { Fp4BlockAttributes } from '../fp4-attributes.ts';
import { cpuScales } from '../fp4-scales/cpu-scales.ts';
import { scaleStride } from '../scale-stride.ts';
import { dequantizeReference } from './reference.ts';

/** `Fp4Dequantize` on the cpu backend. */
export const fp4DequantizeCpu: KernelFunction<CpuBackend, Fp4BlockAttributes> = (
  { codes, scales, tensorScale },
  attrs,
  backend,
) => {
  const rows = codes!.shape[0]!;
  const { cols, block } = attrs;
  const granularity = block > 0 ? { block } : scaleStride(codes!, scales!) === 0 ? 'tensor' : 'vector';
  const floats = cpuScales(backend, rows, scales!, tensorScale, attrs);
  const values = dequantizeReference(cpuInts(backend, codes!), floats, rows, cols, granularity);
  return cpuOutput(backend, [rows, cols], values);
};
