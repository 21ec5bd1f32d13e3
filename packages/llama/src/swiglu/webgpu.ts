import type { TensorInfo } from '@tensorflow/tfjs-core';
import type { KernelInputs } from '@nibble-ml/tfjs-bridge';
import { runProgram, u32 } from '@nibble-ml/tfjs-bridge/webgpu';
import type { GpuBackend } from '@nibble-ml/tfjs-bridge/webgpu';
import { gpuResult } from '../kernel/gpu-result.ts';
import { THREAD_MAIN, threadGrid } from '../kernel/wgsl.ts';

// Never takes exp of a positive number, so never overflows.
const SIGMOID = `
fn sigmoid(g: f32) -> f32 {
  let e = exp(-abs(g));
  return select(e, 1.0, g >= 0.0) / (1.0 + e);
}`;

const SWIGLU_WGSL = `
@group(0) @binding(0) var<storage, read> gateUp: array<f32>;
@group(0) @binding(1) var<storage, read_write> product: array<f32>;
struct Params { size: u32, ffnDim: u32 }
@group(0) @binding(2) var<uniform> params: Params;
${SIGMOID}
${THREAD_MAIN}
  if (index >= params.size) { return; }
  let at = index + index / params.ffnDim * params.ffnDim;
  let gate = gateUp[at];
  product[index] = gate * sigmoid(gate) * gateUp[at + params.ffnDim];
}`;

const SWIGLU_GRAD_WGSL = `
@group(0) @binding(0) var<storage, read> dy: array<f32>;
@group(0) @binding(1) var<storage, read> gateUp: array<f32>;
@group(0) @binding(2) var<storage, read_write> dGateUp: array<f32>;
struct Params { size: u32, ffnDim: u32 }
@group(0) @binding(3) var<uniform> params: Params;
${SIGMOID}
${THREAD_MAIN}
  if (index >= params.size) { return; }
  let at = index + index / params.ffnDim * params.ffnDim;
  let gate = gateUp[at];
  let s = sigmoid(gate);
  dGateUp[at] = dy[index] * gateUp[at + params.ffnDim] * (s * (1.0 + gate * (1.0 - s)));
  dGateUp[at + params.ffnDim] = dy[index] * (gate * s);
}`;

export function swigluWebGpu({ gateUp }: KernelInputs, _attrs: object, backend: GpuBackend): TensorInfo {
  const [rows, width] = gateUp!.shape as [number, number];
  const ffnDim = width / 2;
  const product = gpuResult(backend, [rows, ffnDim]);
  runProgram(backend, {
    name: 'swiglu',
    wgsl: SWIGLU_WGSL,
    inputs: [gateUp!],
    outputs: [product],
    params: [u32(rows * ffnDim), u32(ffnDim)],
    workgroups: threadGrid(rows * ffnDim),
  });
  return product;
}

export function swigluGradWebGpu(
  { dy, gateUp }: KernelInputs,
  _attrs: object,
  backend: GpuBackend,
): TensorInfo {
  const [rows, ffnDim] = dy!.shape as [number, number];
  const dGateUp = gpuResult(backend, gateUp!.shape);
  runProgram(backend, {
    name: 'swigluGrad',
    wgsl: SWIGLU_GRAD_WGSL,
    inputs: [dy!, gateUp!],
    outputs: [dGateUp],
    params: [u32(rows * ffnDim), u32(ffnDim)],
    workgroups: threadGrid(rows * ffnDim),
  });
  return dGateUp;
}
