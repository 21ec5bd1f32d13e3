import { cpuFloats, cpuInts, cpuOutput } from '@nibble-ml/tfjs-bridge';
import type { CpuBackend, KernelFunction } from '@nibble-ml/tfjs-bridge';
import type { Fp4ColsAttribute } from '../fp4-attributes.ts';
import { matMulDwReference } from './reference.ts';

/** `Fp4MatMulDw` on the cpu backend. */
export const fp4MatMulDwCpu: KernelFunction<CpuBackend, Fp4ColsAttribute> = (
  { dy, codes, scales },
  { cols },
  backend,
) => {
  const fp4 = {
    words: cpuInts(backend, codes!),
    scales: cpuFloats(backend, scales!),
    rows: codes!.shape[0]!,
  };
  const n = dy!.shape[1]!;
  return cpuOutput(backend, [n, cols], matMulDwReference(cpuFloats(backend, dy!), fp4, n, cols));
};
