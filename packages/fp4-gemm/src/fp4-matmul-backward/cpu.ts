import type { CpuBackend, KernelFunction } from '@nibble-ml/tfjs-bridge';
import { gradientProductCpu } from '../gradient/cpu.ts';
import { oneByOne } from './one-by-one.ts';
import type { BackwardAttrs } from './options.ts';

/** `Fp4MatMulBackward` on the cpu backend. */
export const fp4MatMulBackwardCpu: KernelFunction<CpuBackend, BackwardAttrs> = oneByOne(gradientProductCpu);
