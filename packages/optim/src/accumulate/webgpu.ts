import { util } from '@tensorflow/tfjs-core';
import type { TensorInfo } from '@tensorflow/tfjs-core';
import type { KernelInputs } from '@nibble-ml/tfjs-bridge';
import { f32, runProgram, u32 } from '@nibble-ml/tfjs-bridge/webgpu';
import type { GpuBackend, Param } from '@nibble-ml/tfjs-bridge/webgpu';
import { dispatchGrid, elementsPerWorkgroup } from '../dispatch-grid.ts';
import { repeat } from '../wgsl-repeat.ts';
import type { AccumulateAttrs, ScaleInPlaceAttrs } from './kernel.ts';

/** A shader whose workgroups each have 4,096 elements of one of `count` tensors, and run `body(k)` on element i. */
function elementwiseWgsl(
  count: number,
  { fields, bindings, body }: { fields: string; bindings: string; body: (k: number) => string },
): string {
  return `
struct Params { ${fields} ${repeat(count, (k) => `begin${k}: u32, size${k}: u32,`, ' ')} }
${bindings}

@compute @workgroup_size(64)
fn main(
  @builtin(workgroup_id) id: vec3u,
  @builtin(num_workgroups) grid: vec3u,
  @builtin(local_invocation_index) local: u32,
) {
  let workgroup = id.y * grid.x + id.x;
  ${repeat(
    count,
    (k) => `
  if (workgroup >= params.begin${k} && (workgroup - params.begin${k}) * 4096u < params.size${k}) {
    let first = (workgroup - params.begin${k}) * 4096u;
    for (var i = first + local; i < min(first + 4096u, params.size${k}); i += 64u) { ${body(k)} }
  }`,
  )}
}`;
}

function accumulateWgsl(count: number, replace: boolean): string {
  return elementwiseWgsl(count, {
    fields: '',
    bindings: `
${repeat(count, (k) => `@group(0) @binding(${k}) var<storage, read> x${k}: array<f32>;`)}
${repeat(count, (k) => `@group(0) @binding(${count + k}) var<storage, read_write> sum${k}: array<f32>;`)}
@group(0) @binding(${2 * count}) var<uniform> params: Params;`,
    body: (k) => `sum${k}[i] ${replace ? '=' : '+='} x${k}[i];`,
  });
}

function scaleInPlaceWgsl(count: number): string {
  return elementwiseWgsl(count, {
    fields: 'factor: f32,',
    bindings: `
${repeat(count, (k) => `@group(0) @binding(${k}) var<storage, read_write> x${k}: array<f32>;`)}
@group(0) @binding(${count}) var<uniform> params: Params;`,
    body: (k) => `x${k}[i] *= params.factor;`,
  });
}

/** The accumulation on tfjs's WebGPU backend: as many tensors a dispatch as can be bound. */
export function accumulateOnGpu(
  inputs: KernelInputs,
  { tensors, replace }: AccumulateAttrs,
  backend: GpuBackend,
): TensorInfo[] {
  const slots = Math.floor(backend.device.limits.maxStorageBuffersPerShaderStage / 2);
  for (const group of groupsOf(inputs, tensors, slots)) {
    runProgram(backend, {
      name: 'accumulate',
      wgsl: accumulateWgsl(group.indices.length, replace),
      inputs: group.indices.map((k) => inputs[`x${k}`]!),
      outputs: group.indices.map((k) => inputs[`sum${k}`]!),
      params: group.ranges,
      workgroups: dispatchGrid(group.workgroups),
    });
  }
  return [];
}

/** The scaling on tfjs's WebGPU backend: as many tensors a dispatch as can be bound. */
export function scaleInPlaceOnGpu(
  inputs: KernelInputs,
  { tensors, factor }: ScaleInPlaceAttrs,
  backend: GpuBackend,
): TensorInfo[] {
  const slots = backend.device.limits.maxStorageBuffersPerShaderStage;
  for (const group of groupsOf(inputs, tensors, slots)) {
    runProgram(backend, {
      name: 'scaleInPlace',
      wgsl: scaleInPlaceWgsl(group.indices.length),
      inputs: [],
      outputs: group.indices.map((k) => inputs[`x${k}`]!),
      params: [f32(factor), ...group.ranges],
      workgroups: dispatchGrid(group.workgroups),
    });
  }
  return [];
}

interface Group {
  readonly indices: readonly number[];
  readonly ranges: readonly Param[];
  readonly workgroups: number;
}

/** Divides the tensors `x<k>` that have elements into groups of at most `slots`. */
function groupsOf(inputs: KernelInputs, tensors: number, slots: number): Group[] {
  const sizes = Array.from({ length: tensors }, (_, k) => util.sizeFromShape(inputs[`x${k}`]!.shape));
  const filled = [...sizes.keys()].filter((k) => sizes[k]! > 0);
  const groups: Group[] = [];
  for (let first = 0; first < filled.length; first += slots) {
    const indices = filled.slice(first, first + slots);
    let workgroups = 0;
    const ranges = indices.flatMap((k) => {
      const begin = workgroups;
      workgroups += Math.ceil(sizes[k]! / elementsPerWorkgroup);
      return [u32(begin), u32(sizes[k]!)];
    });
    groups.push({ indices, ranges, workgroups });
  }
  return groups;
}
