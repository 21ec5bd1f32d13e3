import type { KernelFunction } from '@nibble-ml/tfjs-bridge';
import { gpuOutput, runProgram, u32 } from '@nibble-ml/tfjs-bridge/webgpu';
import type { GpuBackend } from '@nibble-ml/tfjs-bridge/webgpu';
import type { Fp4ColsAttribute } from '../fp4-attributes.ts';
import { scaleStride } from '../scale-stride.ts';
import { f32Grid, f32Wgsl } from './f32-wgsl.ts';

const WGSL = f32Wgsl('codes');

/**
 * The kernel of `Fp4MatMulDx` (dY as it is) or `Fp4MatMulDw` (dY transposed) on the webgpu backend: that of
 * `F32MatMul` with codes decoded in registers.
 */
export function mixedMatMulWebGpu(transposeDy: boolean): KernelFunction<GpuBackend, Fp4ColsAttribute> {
  return ({ dy, codes, scales }, { cols }, backend) => {
    const m = dy!.shape[transposeDy ? 1 : 0]!;
    const k = dy!.shape[transposeDy ? 0 : 1]!;
    // WebGPU binds no empty buffers.
    if (m * cols * k === 0) return backend.makeTensorInfo([m, cols], 'float32', new Float32Array(m * cols));
    const out = gpuOutput(backend, [m, cols], 'float32');
    const [aRow, aStep] = transposeDy ? [1, m] : [k, 1];
    runProgram(backend, {
      name: transposeDy ? 'Fp4MatMulDw' : 'Fp4MatMulDx',
      wgsl: WGSL,
      inputs: [dy!, codes!, scales!],
      outputs: [out],
      params: [m, cols, k, aRow, aStep, Math.ceil(cols / 8), scaleStride(codes!, scales!)].map(u32),
      workgroups: f32Grid(m, cols),
    });
    return out;
  };
}
