import type { CpuBackend, KernelFunction } from '@nibble-ml/tfjs-bridge';
import { gradientProductCpu } from '../gradient/cpu.ts';
import type { GradientAttrs } from '../gradient/options.ts';

/** `Fp4MatMulDx` on the cpu backend. */
export const fp4MatMulDxCpu: KernelFunction<CpuBackend, GradientAttrs> = gradientProductCpu('dx');
