import { cpuFloats, cpuInts, cpuOutput } from '@nibble-ml/tfjs-bridge';
import type { CpuBackend, KernelFunction } from '@nibble-ml/tfjs-bridge';
import { scaleStride } from '../scale-stride.ts';
import type { Fp4ColsAttribute } from '../fp4-attributes.ts';
import { dequantizeReference } from './reference.ts';

/** `Fp4Dequantize` on the cpu backend. */
export const fp4DequantizeCpu: KernelFunction<CpuBackend, Fp4ColsAttribute> = (
  { codes, scales },
  { cols },
  backend,
) => {
  const rows = codes!.shape[0]!;
  const granularity = scaleStride(codes!, scales!) === 0 ? 'tensor' : 'vector';
  const values = dequantizeReference(
    cpuInts(backend, codes!),
    cpuFloats(backend, scales!),
    rows,
    cols,
    granularity,
  );
  return cpuOutput(backend, [rows, cols], values);
};
