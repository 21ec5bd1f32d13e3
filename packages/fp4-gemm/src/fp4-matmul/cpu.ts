import { cpuFloats, cpuInts, cpuOutput } from '@nibble-ml/tfjs-bridge';
import type { CpuBackend, KernelFunction, KernelInputs } from '@nibble-ml/tfjs-bridge';
import { matMulReference } from './reference.ts';
import type { Fp4Array } from '../fp4-array.ts';

/** `Fp4MatMul` on the cpu backend. */
export const fp4MatMulCpu: KernelFunction<CpuBackend> = (
  { xCodes, xScales, wCodes, wScales }: KernelInputs,
  _attrs,
  backend,
) => {
  const x: Fp4Array = {
    words: cpuInts(backend, xCodes!),
    scales: cpuFloats(backend, xScales!),
    rows: xCodes!.shape[0]!,
  };
  const w: Fp4Array = {
    words: cpuInts(backend, wCodes!),
    scales: cpuFloats(backend, wScales!),
    rows: wCodes!.shape[0]!,
  };
  return cpuOutput(backend, [x.rows, w.rows], matMulReference(x, w));
};
