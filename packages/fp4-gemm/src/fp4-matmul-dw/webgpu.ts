import type { KernelFunction } from '@nibble-ml/tfjs-bridge';
import type { GpuBackend } from '@nibble-ml/tfjs-bridge/webgpu';
import { mixedMatMulWebGpu } from '../f32-matmul/webgpu-mixed.ts';
import type { Fp4ColsAttribute } from '../fp4-attributes.ts';

/** `Fp4MatMulDw` on the webgpu backend. */
export const fp4MatMulDwWebGpu: KernelFunction<GpuBackend, Fp4ColsAttribute> = mixedMatMulWebGpu(true);
