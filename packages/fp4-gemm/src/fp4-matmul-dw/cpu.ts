import type { CpuBackend, KernelFunction } from '@nibble-ml/tfjs-bridge';
import { gradientProductCpu } from '../gradient/cpu.ts';
import type { GradientAttrs } from '../gradient/options.ts';

/** `Fp4MatMulDw` on the cpu backend. */
export const fp4MatMulDwCpu: KernelFunction<CpuBackend, GradientAttrs> = gradientProductCpu('dw');
