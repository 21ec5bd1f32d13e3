import { engine } from '@tensorflow/tfjs-core';
import type { TensorInfo } from '@tensorflow/tfjs-core';
import type { KernelFunction } from '@nibble-ml/tfjs-bridge';
import { gpuOutput, runProgram, u32 } from '@nibble-ml/tfjs-bridge/webgpu';
import type { GpuBackend } from '@nibble-ml/tfjs-bridge/webgpu';
import { GRID_WIDTH, linearGrid } from '../wgsl-grid.ts';
import { ENCODE_WGSL } from './encode-wgsl.ts';
import type { Fp4QuantizeAttrs } from './options.ts';

// One workgroup per row: amax, scale and codes in one pass over memory (the second reading hits the cache).
const VECTOR_WGSL = `
@group(0) @binding(0) var<storage, read> x: array<u32>;
@group(0) @binding(1) var<storage, read_write> codes: array<u32>;
@group(0) @binding(2) var<storage, read_write> scales: array<u32>;
struct Params { rows: u32, cols: u32 }
@group(0) @binding(3) var<uniform> params: Params;
var<workgroup> amax: atomic<u32>;
${ENCODE_WGSL}
@compute @workgroup_size(64)
fn main(@builtin(workgroup_id) id: vec3u, @builtin(local_invocation_index) lane: u32) {
  let row = id.y * ${GRID_WIDTH}u + id.x;
  if (row >= params.rows) { return; }
  let first = row * params.cols;
  let end = first + params.cols;
  var largest = 0u;
  for (var i = first + lane; i < end; i += 64u) { largest = max(largest, x[i] & MAGNITUDE); }
  // On integers the order of an atomic maximum does not matter.
  atomicMax(&amax, largest);
  workgroupBarrier();
  let scale = scaleFor(atomicLoad(&amax));
  if (lane == 0u) { scales[row] = scale; }
  let t = thresholdsFor(scale);
  let words = (params.cols + 7u) / 8u;
  for (var word = lane; word < words; word += 64u) {
    codes[row * words + word] = encodeWord(first + 8u * word, end, t);
  }
}`;

const PARTIALS = 64;

// 64 partial maxima, each over a stride of the whole tensor.
const TENSOR_AMAX_WGSL = `
@group(0) @binding(0) var<storage, read> x: array<u32>;
@group(0) @binding(1) var<storage, read_write> partials: array<u32>;
struct Params { size: u32 }
@group(0) @binding(2) var<uniform> params: Params;
var<workgroup> amax: atomic<u32>;
@compute @workgroup_size(256)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(workgroup_id) group: vec3u, @builtin(local_invocation_index) lane: u32) {
  var largest = 0u;
  for (var i = id.x; i < params.size; i += ${PARTIALS * 256}u) { largest = max(largest, x[i] & 0x7fffffffu); }
  atomicMax(&amax, largest);
  workgroupBarrier();
  if (lane == 0u) { partials[group.x] = atomicLoad(&amax); }
}`;

// One word per thread; every workgroup reduces the partial maxima for itself.
const TENSOR_ENCODE_WGSL = `
@group(0) @binding(0) var<storage, read> x: array<u32>;
@group(0) @binding(1) var<storage, read> partials: array<u32>;
@group(0) @binding(2) var<storage, read_write> codes: array<u32>;
@group(0) @binding(3) var<storage, read_write> scales: array<u32>;
struct Params { rows: u32, cols: u32 }
@group(0) @binding(4) var<uniform> params: Params;
var<workgroup> amax: atomic<u32>;
${ENCODE_WGSL}
@compute @workgroup_size(${PARTIALS})
fn main(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_index) lane: u32) {
  atomicMax(&amax, partials[lane]);
  workgroupBarrier();
  let scale = scaleFor(atomicLoad(&amax));
  let word = (group.y * ${GRID_WIDTH}u + group.x) * ${PARTIALS}u + lane;
  if (word == 0u) { scales[0] = scale; }
  let words = (params.cols + 7u) / 8u;
  if (word >= params.rows * words) { return; }
  let row = word / words;
  let end = (row + 1u) * params.cols;
  codes[word] = encodeWord(row * params.cols + 8u * (word % words), end, thresholdsFor(scale));
}`;

/** `Fp4Quantize` on the webgpu backend: one dispatch with a scale per row, two with one in all. */
export const fp4QuantizeWebGpu: KernelFunction<GpuBackend, Fp4QuantizeAttrs> = (
  { x },
  { granularity },
  backend,
) => {
  const [rows, cols] = x!.shape as [number, number];
  const words = Math.ceil(cols / 8);
  if (rows * cols === 0) return emptyOutputs(backend, rows, words, granularity);
  const codes = gpuOutput(backend, [rows, words], 'int32');
  if (granularity === 'vector') {
    const scales = gpuOutput(backend, [rows], 'float32');
    runProgram(backend, {
      name: 'Fp4Quantize vector',
      wgsl: VECTOR_WGSL,
      inputs: [x!],
      outputs: [codes, scales],
      params: [u32(rows), u32(cols)],
      workgroups: linearGrid(rows),
    });
    return [codes, scales];
  }
  const scales = gpuOutput(backend, [1], 'float32');
  const partials = gpuOutput(backend, [PARTIALS], 'int32');
  runProgram(backend, {
    name: 'Fp4Quantize tensor amax',
    wgsl: TENSOR_AMAX_WGSL,
    inputs: [x!],
    outputs: [partials],
    params: [u32(rows * cols)],
    workgroups: [PARTIALS],
  });
  runProgram(backend, {
    name: 'Fp4Quantize tensor encode',
    wgsl: TENSOR_ENCODE_WGSL,
    inputs: [x!, partials],
    outputs: [codes, scales],
    params: [u32(rows), u32(cols)],
    workgroups: linearGrid(Math.ceil((rows * words) / PARTIALS)),
  });
  engine().makeTensorFromTensorInfo(partials).dispose();
  return [codes, scales];
};

/** A matrix without elements has no codes, and scales of zero: WebGPU binds no empty buffers. */
function emptyOutputs(
  backend: GpuBackend,
  rows: number,
  words: number,
  granularity: 'vector' | 'tensor',
): TensorInfo[] {
  const scales = new Float32Array(granularity === 'vector' ? rows : 1);
  return [
    backend.makeTensorInfo([rows, words], 'int32', new Int32Array(0)),
    backend.makeTensorInfo([scales.length], 'float32', scales),
  ];
}
