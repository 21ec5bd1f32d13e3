import { cpuFloats, cpuInts, cpuOutput } from '@nibble-ml/tfjs-bridge';
import type { CpuBackend, KernelFunction } from '@nibble-ml/tfjs-bridge';
import type { Fp4ColsAttribute } from '../fp4-attributes.ts';
import { matMulDxReference } from './reference.ts';

/** `Fp4MatMulDx` on the cpu backend. */
export const fp4MatMulDxCpu: KernelFunction<CpuBackend, Fp4ColsAttribute> = (
  { dy, codes, scales },
  { cols },
  backend,
) => {
  const fp4 = {
    words: cpuInts(backend, codes!),
    scales: cpuFloats(backend, scales!),
    rows: codes!.shape[0]!,
  };
  const m = dy!.shape[0]!;
  return cpuOutput(backend, [m, cols], matMulDxReference(cpuFloats(backend, dy!), fp4, m, cols));
};
