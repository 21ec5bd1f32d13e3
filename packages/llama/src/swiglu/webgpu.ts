import type { TensorInfo } from '@tensorflow/tfjs-core';
import type { KernelInputs } from '@nibble-ml/tfjs-bridge';
import { runProgram, u32 } from '@nibble-ml/tfjs-bridge/webgpu';
import type { GpuBackend } from '@nibble-ml/tfjs-bridge/webgpu';
import { gpuResult } from '../kernel/gpu-result.ts';
import { EXP4_WGSL } from '../kernel/wgsl-math.ts';
import { rowAccess, rowElement, ROW_THREAD_MAIN, rowThreadGrid } from '../kernel/wgsl.ts';

// One thread takes four neighbouring columns of a row. These mirror f32-order.ts operation by operation.

const SIGMOID = `
${EXP4_WGSL}
fn sigmoid(gate: vec4f) -> vec4f { return 1.0 / (1.0 + exp4(-gate)); }`;

const AT = `
  if (row >= params.rows || item >= params.quads) { return; }
  let f = item * 4u;
  let left = params.ffnDim - f;
  let gateAt = 2u * row * params.ffnDim + f;`;

/** Input gateUp; output product; params rows, quads (of a row), ffnDim. */
function swigluWgsl(aligned: boolean): string {
  const element = rowElement(aligned);
  return `
@group(0) @binding(0) var<storage, read> gateUp: array<${element}>;
@group(0) @binding(1) var<storage, read_write> product: array<${element}>;
struct Params { rows: u32, quads: u32, ffnDim: u32 }
@group(0) @binding(2) var<uniform> params: Params;
${rowAccess(aligned, ['gateUp'], ['product'])}
${SIGMOID}
${ROW_THREAD_MAIN}
${AT}
  let gate = load_gateUp(gateAt, left);
  store_product(row * params.ffnDim + f, left, (gate * sigmoid(gate)) * load_gateUp(gateAt + params.ffnDim, left));
}`;
}

/** Inputs dy, gateUp; output dGateUp; params as forward. */
function swigluGradWgsl(aligned: boolean): string {
  const element = rowElement(aligned);
  return `
@group(0) @binding(0) var<storage, read> dy: array<${element}>;
@group(0) @binding(1) var<storage, read> gateUp: array<${element}>;
@group(0) @binding(2) var<storage, read_write> dGateUp: array<${element}>;
struct Params { rows: u32, quads: u32, ffnDim: u32 }
@group(0) @binding(3) var<uniform> params: Params;
${rowAccess(aligned, ['dy', 'gateUp'], ['dGateUp'])}
${SIGMOID}
${ROW_THREAD_MAIN}
${AT}
  let gate = load_gateUp(gateAt, left);
  let s = sigmoid(gate);
  let dyValues = load_dy(row * params.ffnDim + f, left);
  let slope = s * (1.0 + gate * (1.0 - s));
  store_dGateUp(gateAt, left, (dyValues * load_gateUp(gateAt + params.ffnDim, left)) * slope);
  store_dGateUp(gateAt + params.ffnDim, left, dyValues * (gate * s));
}`;
}

export function swigluWebGpu({ gateUp }: KernelInputs, _attrs: object, backend: GpuBackend): TensorInfo {
  const [rows, width] = gateUp!.shape as [number, number];
  const ffnDim = width / 2;
  const quads = Math.ceil(ffnDim / 4);
  const product = gpuResult(backend, [rows, ffnDim]);
  runProgram(backend, {
    name: 'swiglu',
    wgsl: swigluWgsl(ffnDim % 4 === 0),
    inputs: [gateUp!],
    outputs: [product],
    params: [u32(rows), u32(quads), u32(ffnDim)],
    workgroups: rowThreadGrid(rows, quads),
  });
  return product;
}

export function swigluGradWebGpu(
  { dy, gateUp }: KernelInputs,
  _attrs: object,
  backend: GpuBackend,
): TensorInfo {
  const [rows, ffnDim] = dy!.shape as [number, number];
  const quads = Math.ceil(ffnDim / 4);
  const dGateUp = gpuResult(backend, gateUp!.shape);
  runProgram(backend, {
    name: 'swigluGrad',
    wgsl: swigluGradWgsl(ffnDim % 4 === 0),
    inputs: [dy!, gateUp!],
    outputs: [dGateUp],
    params: [u32(rows), u32(quads), u32(ffnDim)],
    workgroups: rowThreadGrid(rows, quads),
  });
  return dGateUp;
}
