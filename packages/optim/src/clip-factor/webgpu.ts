import type { TensorInfo } from '@tensorflow/tfjs-core';
import type { KernelInputs } from '@nibble-ml/tfjs-bridge';
import { f32, gpuOutput, runProgram } from '@nibble-ml/tfjs-bridge/webgpu';
import type { GpuBackend } from '@nibble-ml/tfjs-bridge/webgpu';
import type { ClipFactorAttrs } from './kernel.ts';

const wgsl = `
struct Params { clipNorm: f32 }
@group(0) @binding(0) var<storage, read> norm: array<u32>;
@group(0) @binding(1) var<storage, read_write> factor: array<f32>;
@group(0) @binding(2) var<uniform> params: Params;

@compute @workgroup_size(1)
fn main() {
  let bits = norm[0];
  // Decided on bits: a shader may assume that there is no NaN.
  if ((bits & 0x7f800000u) == 0x7f800000u) {
    factor[0] = 0.0;
    return;
  }
  let value = bitcast<f32>(bits);
  factor[0] = 1.0;
  if (value > params.clipNorm) { factor[0] = params.clipNorm / value; }
}`;

/** `clipFactor` on tfjs's WebGPU backend. */
export function clipFactorOnGpu(
  inputs: KernelInputs,
  { clipNorm }: ClipFactorAttrs,
  backend: GpuBackend,
): TensorInfo {
  const factor = gpuOutput(backend, [], 'float32');
  runProgram(backend, {
    name: 'clipFactor',
    wgsl,
    inputs: [inputs['norm']!],
    outputs: [factor],
    params: [f32(clipNorm)],
    workgroups: [1],
  });
  return factor;
}
