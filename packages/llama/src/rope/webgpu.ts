import type { TensorInfo } from '@tensorflow/tfjs-core';
import type { KernelInputs } from '@nibble-ml/tfjs-bridge';
import { f32, runProgram, u32 } from '@nibble-ml/tfjs-bridge/webgpu';
import type { GpuBackend } from '@nibble-ml/tfjs-bridge/webgpu';
import { gpuResult } from '../kernel/gpu-result.ts';
import { rowAccess, rowElement, ROW_THREAD_MAIN, rowThreadGrid } from '../kernel/wgsl.ts';
import type { RopeAngles } from './angles.ts';
import type { RopeAttrs } from './kernel.ts';
import { cachedRopeTable } from './table-cache.ts';

// One thread to a quad of neighbouring pairs of components, or to a quad of components that pass. Sizes of heads are
// constants of the shader, so that dividing by them is cheap.
function ropeWgsl({ rotatedHeads, headDim }: RopeAttrs, width: number): string {
  const half = headDim / 2;
  const aligned = half % 4 === 0 && width % 4 === 0;
  const element = rowElement(aligned);
  return `
@group(0) @binding(0) var<storage, read> qkv: array<${element}>;
@group(0) @binding(1) var<storage, read> table: array<${element}>;
@group(0) @binding(2) var<storage, read_write> rotated: array<${element}>;
struct Params { rows: u32, context: u32, offset: u32, direction: f32 }
@group(0) @binding(3) var<uniform> params: Params;
const WIDTH = ${width}u;
const HEAD_DIM = ${headDim}u;
const HALF = ${half}u;
const QUADS = ${Math.ceil(half / 4)}u;
const ROTATED_QUADS = ${rotatedHeads * Math.ceil(half / 4)}u;
const ROTATED_WIDTH = ${rotatedHeads * headDim}u;
${rowAccess(aligned, ['qkv', 'table'], ['rotated'])}
${ROW_THREAD_MAIN}
  if (row >= params.rows) { return; }
  if (item >= ROTATED_QUADS) {
    let column = ROTATED_WIDTH + (item - ROTATED_QUADS) * 4u;
    if (column < WIDTH) {
      let at = row * WIDTH + column;
      store_rotated(at, WIDTH - column, load_qkv(at, WIDTH - column));
    }
    return;
  }
  let head = item / QUADS;
  let i = (item - head * QUADS) * 4u;
  let left = HALF - i;
  let low = row * WIDTH + head * HEAD_DIM + i;
  let angle = (params.offset + row % params.context) * HEAD_DIM + i;
  let cosines = load_table(angle, left);
  let sines = load_table(angle + HALF, left) * params.direction;
  let a = load_qkv(low, left);
  let b = load_qkv(low + HALF, left);
  store_rotated(low, left, a * cosines - b * sines);
  store_rotated(low + HALF, left, b * cosines + a * sines);
}`;
}

export function ropeWebGpu({ qkv }: KernelInputs, attrs: RopeAttrs, backend: GpuBackend): TensorInfo {
  const { rotatedHeads, headDim, context, angles, offset, direction } = attrs;
  const [rows, width] = qkv!.shape as [number, number];
  const table = ropeTableOnGpu(backend, offset + context, headDim, angles);
  const rotated = gpuResult(backend, qkv!.shape);
  const quads = rotatedHeads * Math.ceil(headDim / 8) + Math.ceil((width - rotatedHeads * headDim) / 4);
  runProgram(backend, {
    name: 'rope',
    wgsl: ropeWgsl(attrs, width),
    inputs: [qkv!, table],
    outputs: [rotated],
    params: [u32(rows), u32(context), u32(offset), f32(direction)],
    workgroups: rowThreadGrid(rows, quads),
  });
  return rotated;
}

/** The table of angles of at least so many positions; see `cachedRopeTable`. */
export function ropeTableOnGpu(
  backend: GpuBackend,
  positions: number,
  headDim: number,
  angles: RopeAngles,
): TensorInfo {
  return cachedRopeTable(backend, positions, headDim, angles, (_backend, shape, values) =>
    backend.makeTensorInfo(shape, 'float32', values),
  );
}
