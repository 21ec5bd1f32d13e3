import type { KernelFunction } from '@nibble-ml/tfjs-bridge';
import { gpuOutput, runProgram, u32 } from '@nibble-ml/tfjs-bridge/webgpu';
import type { GpuBackend } from '@nibble-ml/tfjs-bridge/webgpu';
import type { Fp4BlockAttributes, Fp4ColsAttribute } from '../fp4-attributes.ts';
import { scaleInputs, scaleParams } from '../fp4-scales/scales-wgsl.ts';
import { f32Grid, f32Wgsl } from './f32-wgsl.ts';
import { CODES_OPERAND } from './mixed-wgsl.ts';

const WGSL = f32Wgsl(CODES_OPERAND);

/**
 * The kernel of a product dY · Q, or with `transposeDy` dYᵀ · Q, on the webgpu backend: that of `F32MatMul` with codes
 * decoded in registers. Without the attributes of blocks there is one scale per row or in all.
 */
export function mixedMatMulWebGpu(
  transposeDy: boolean,
): KernelFunction<GpuBackend, Fp4ColsAttribute & Partial<Fp4BlockAttributes>> {
  return ({ dy, codes, scales, tensorScale }, { cols, block = 0, scaleFormat = 'f32' }, backend) => {
    const m = dy!.shape[transposeDy ? 1 : 0]!;
    const k = dy!.shape[transposeDy ? 0 : 1]!;
    // WebGPU binds no empty buffers.
    if (m * cols * k === 0) return backend.makeTensorInfo([m, cols], 'float32', new Float32Array(m * cols));
    const out = gpuOutput(backend, [m, cols], 'float32');
    const { rowScales, access } = scaleParams({ cols, block, scaleFormat }, k, scales!);
    const [aRow, aStep] = transposeDy ? [1, m] : [k, 1];
    const blockWords = Math.max(block, 8) / 8;
    runProgram(backend, {
      name: transposeDy ? 'Fp4BlockMatMulDw' : 'Fp4BlockMatMulDx',
      wgsl: WGSL,
      inputs: [dy!, codes!, ...scaleInputs(scales!, tensorScale)],
      outputs: [out],
      params: [m, cols, k, aRow, aStep, Math.ceil(cols / 8), rowScales, blockWords, access].map(u32),
      workgroups: f32Grid(m, cols),
    });
    return out;
  };
}
