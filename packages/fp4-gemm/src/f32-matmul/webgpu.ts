import type { KernelFunction } from '@nibble-ml/tfjs-bridge';
import { gpuOutput, runProgram, u32 } from '@nibble-ml/tfjs-bridge/webgpu';
import type { GpuBackend } from '@nibble-ml/tfjs-bridge/webgpu';
import { F32_OPERAND, f32Grid, f32Wgsl } from './f32-wgsl.ts';
import type { F32MatMulOptions } from './options.ts';
import { matMulShape } from './shape.ts';

const WGSL = f32Wgsl(F32_OPERAND);

/** `F32MatMul` on the webgpu backend: an 8 x 8 register tile per thread. */
export const f32MatMulWebGpu: KernelFunction<GpuBackend, Required<F32MatMulOptions>> = (
  { a, b },
  attrs,
  backend,
) => {
  const { m, n, k, transposeA, transposeB } = matMulShape(a!, b!, attrs);
  // WebGPU binds no empty buffers.
  if (m * n * k === 0) return backend.makeTensorInfo([m, n], 'float32', new Float32Array(m * n));
  const c = gpuOutput(backend, [m, n], 'float32');
  const [aRow, aStep] = transposeA ? [1, m] : [k, 1];
  const [bStep, bColumn] = transposeB ? [1, k] : [n, 1];
  runProgram(backend, {
    name: 'F32MatMul',
    wgsl: WGSL,
    inputs: [a!, b!],
    outputs: [c],
    params: [m, n, k, aRow, aStep, bStep, bColumn].map(u32),
    workgroups: f32Grid(m, n),
  });
  return c;
};
