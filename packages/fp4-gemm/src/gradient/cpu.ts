import { cpuFloats, cpuInts, cpuOutput } from '@nibble-ml/tfjs-bridge';
import type { CpuBackend, KernelFunction } from '@nibble-ml/tfjs-bridge';
import type { GradientProduct } from './fold.ts';
import type { GradientAttrs } from './options.ts';
import { gradientProductReference } from './reference.ts';

/** The kernel of `Fp4MatMulDx` or `Fp4MatMulDw` on the cpu backend. */
export function gradientProductCpu(product: GradientProduct): KernelFunction<CpuBackend, GradientAttrs> {
  return ({ dy, codes, scales }, attrs, backend) => {
    const [m, n] = dy!.shape as [number, number];
    const fp4 = {
      words: cpuInts(backend, codes!),
      scales: cpuFloats(backend, scales!),
      rows: codes!.shape[0]!,
    };
    const out = gradientProductReference(cpuFloats(backend, dy!), m, n, fp4, product, attrs);
    return cpuOutput(backend, [product === 'dx' ? m : n, attrs.cols], out);
  };
}
