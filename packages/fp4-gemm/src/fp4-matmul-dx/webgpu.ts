import type { KernelFunction } from '@nibble-ml/tfjs-bridge';
import type { GpuBackend } from '@nibble-ml/tfjs-bridge/webgpu';
import type { GradientAttrs } from '../gradient/options.ts';
import { gradientProductWebGpu } from '../gradient/webgpu.ts';

/** `Fp4MatMulDx` on the webgpu backend. */
export const fp4MatMulDxWebGpu: KernelFunction<GpuBackend, GradientAttrs> = gradientProductWebGpu('dx');
