import type { KernelFunction } from '@nibble-ml/tfjs-bridge';
import { gpuOutput, runProgram, u32 } from '@nibble-ml/tfjs-bridge/webgpu';
import type { GpuBackend } from '@nibble-ml/tfjs-bridge/webgpu';
import { smallSubgroup } from '../webgpu-variants/webgpu-subgroup-size.ts';
import { F32_OPERAND, f32Grid, f32Wgsl } from './f32-wgsl.ts';
import type { F32MatMulOptions } from './options.ts';
import { matMulShape } from './shape.ts';
import { f32SubgroupGrid, f32SubgroupWgsl } from './webgpu-subgroup-wgsl.ts';

const TILE_WGSL = f32Wgsl(F32_OPERAND);
const subgroupShaders = new Map<number, string>();

/** The shader for subgroups of `size` lanes. */
function subgroupShader(size: number): string {
  let wgsl = subgroupShaders.get(size);
  if (wgsl === undefined) subgroupShaders.set(size, (wgsl = f32SubgroupWgsl(size)));
  return wgsl;
}

/** `F32MatMul` on the webgpu backend: a register tile per thread, and on software adapters subgroups that share loads. */
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
  // By a rule rather than by measurement: on a GPU that fuses sums and products the bits may depend on it.
  const size = smallSubgroup(backend.device);
  runProgram(backend, {
    name: 'F32MatMul',
    wgsl: size === undefined ? TILE_WGSL : subgroupShader(size),
    inputs: [a!, b!],
    outputs: [c],
    params: [m, n, k, aRow, aStep, bStep, bColumn].map(u32),
    workgroups: size === undefined ? f32Grid(m, n) : f32SubgroupGrid(m, n),
  });
  return c;
};
