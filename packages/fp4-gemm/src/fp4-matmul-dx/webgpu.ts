import type { KernelFunction } from '@nibble-ml/tfjs-bridge';
import type { GpuBackend } from '@nibble-ml/tfjs-bridge/webgpu';
import { mixedMatMulWebGpu } from '../f32-matmul/webgpu-mixed.ts';
import type { Fp4ColsAttribute } from '../fp4-attributes.ts';

/** `Fp4MatMulDx` on the webgpu backend. */
export const fp4MatMulDxWebGpu: KernelFunction<GpuBackend, Fp4ColsAttribute> = mixedMatMulWebGpu(false);
