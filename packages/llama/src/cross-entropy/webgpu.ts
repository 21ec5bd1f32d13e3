import type { TensorInfo } from '@tensorflow/tfjs-core';
import type { KernelInputs } from '@nibble-ml/tfjs-bridge';
import { runProgram, u32 } from '@nibble-ml/tfjs-bridge/webgpu';
import type { GpuBackend } from '@nibble-ml/tfjs-bridge/webgpu';
import { gpuResult } from '../kernel/gpu-result.ts';
import { EXP1_WGSL, EXP4_WGSL, LOG1_WGSL } from '../kernel/wgsl-math.ts';
import { rowAccess, rowElement, THREAD_MAIN, threadGrid, workgroupGrid } from '../kernel/wgsl.ts';
import { LANES } from './f32-order.ts';

// These mirror f32-order.ts operation by operation. One workgroup to a row: each thread takes every 64th logit, then
// one adds their sums in order. A target out of range gives NaN, written as bits.
const ROW_WGSL = `
@group(0) @binding(0) var<storage, read> logits: array<f32>;
@group(0) @binding(1) var<storage, read> targetIds: array<i32>;
@group(0) @binding(2) var<storage, read_write> loss: array<u32>;
@group(0) @binding(3) var<storage, read_write> logSumExp: array<f32>;
struct Params { rows: u32, vocabSize: u32 }
@group(0) @binding(4) var<uniform> params: Params;
var<workgroup> greatestOf: array<f32, ${LANES}>;
var<workgroup> sumOf: array<f32, ${LANES}>;
${EXP1_WGSL}
${LOG1_WGSL}
@compute @workgroup_size(${LANES})
fn main(@builtin(workgroup_id) group: vec3u, @builtin(num_workgroups) groups: vec3u,
        @builtin(local_invocation_index) local: u32) {
  let m = group.y * groups.x + group.x;
  if (m >= params.rows) { return; }
  let row = m * params.vocabSize;
  var greatest = -3.0e38;
  for (var v = local; v < params.vocabSize; v += ${LANES}u) { greatest = max(greatest, logits[row + v]); }
  greatestOf[local] = greatest;
  workgroupBarrier();
  if (local == 0u) {
    for (var i = 1u; i < ${LANES}u; i++) { greatest = max(greatest, greatestOf[i]); }
    greatestOf[0] = greatest;
  }
  workgroupBarrier();
  greatest = greatestOf[0];
  var sum = 0.0;
  for (var v = local; v < params.vocabSize; v += ${LANES}u) { sum += exp1(logits[row + v] - greatest); }
  sumOf[local] = sum;
  workgroupBarrier();
  if (local > 0u) { return; }
  for (var i = 1u; i < ${LANES}u; i++) { sum += sumOf[i]; }
  let lse = greatest + log1(sum);
  logSumExp[m] = lse;
  let id = u32(targetIds[m]);
  var bits = 0x7fc00000u;
  if (id < params.vocabSize) { bits = bitcast<u32>(lse - logits[row + id]); }
  loss[m] = bits;
}`;

// One workgroup: 64 interleaved sums, then their sum in order. Bits decide about NaN, which a sum might drop.
const MEAN_WGSL = `
@group(0) @binding(0) var<storage, read> loss: array<u32>;
@group(0) @binding(1) var<storage, read_write> meanLoss: array<u32>;
struct Params { rows: u32 }
@group(0) @binding(2) var<uniform> params: Params;
var<workgroup> sumOf: array<f32, ${LANES}>;
var<workgroup> invalidOf: array<u32, ${LANES}>;
@compute @workgroup_size(${LANES})
fn main(@builtin(local_invocation_index) local: u32) {
  var sum = 0.0;
  var invalid = 0u;
  for (var m = local; m < params.rows; m += ${LANES}u) {
    if ((loss[m] & 0x7f800000u) == 0x7f800000u) { invalid = 1u; } else { sum += bitcast<f32>(loss[m]); }
  }
  sumOf[local] = sum;
  invalidOf[local] = invalid;
  workgroupBarrier();
  if (local > 0u) { return; }
  for (var i = 1u; i < ${LANES}u; i++) {
    sum += sumOf[i];
    invalid |= invalidOf[i];
  }
  meanLoss[0] = select(bitcast<u32>(sum / f32(params.rows)), 0x7fc00000u, invalid == 1u);
}`;

// One thread takes four neighbouring logits of a row.
function gradWgsl(aligned: boolean): string {
  const element = rowElement(aligned);
  return `
@group(0) @binding(0) var<storage, read> dy: array<f32>;
@group(0) @binding(1) var<storage, read> logits: array<${element}>;
@group(0) @binding(2) var<storage, read> targetIds: array<i32>;
@group(0) @binding(3) var<storage, read> logSumExp: array<f32>;
@group(0) @binding(4) var<storage, read_write> dLogits: array<${element}>;
struct Params { rows: u32, vocabSize: u32, quads: u32 }
@group(0) @binding(5) var<uniform> params: Params;
${rowAccess(aligned, ['logits'], ['dLogits'])}
${EXP4_WGSL}
${THREAD_MAIN}
  if (index >= params.rows * params.quads) { return; }
  let m = index / params.quads;
  let v = (index - m * params.quads) * 4u;
  let at = m * params.vocabSize + v;
  let left = params.vocabSize - v;
  let scale = dy[0] / f32(params.rows);
  let columns = vec4u(v, v + 1u, v + 2u, v + 3u);
  let gradient = exp4(load_logits(at, left) - logSumExp[m]) * scale;
  store_dLogits(at, left, select(gradient, gradient - scale, columns == vec4u(u32(targetIds[m]))));
}`;
}

export function crossEntropyWebGpu(
  { logits, targets }: KernelInputs,
  _attrs: object,
  backend: GpuBackend,
): TensorInfo[] {
  const [rows, vocabSize] = logits!.shape as [number, number];
  const meanLoss = gpuResult(backend, []);
  const loss = gpuResult(backend, [rows]);
  const logSumExp = gpuResult(backend, [rows]);
  runProgram(backend, {
    name: 'crossEntropyRows',
    wgsl: ROW_WGSL,
    inputs: [logits!, targets!],
    outputs: [loss, logSumExp],
    params: [u32(rows), u32(vocabSize)],
    workgroups: workgroupGrid(rows),
  });
  runProgram(backend, {
    name: 'crossEntropyMean',
    wgsl: MEAN_WGSL,
    inputs: [loss],
    outputs: [meanLoss],
    params: [u32(rows)],
    workgroups: [1],
  });
  return [meanLoss, loss, logSumExp];
}

export function crossEntropyGradWebGpu(
  { dy, logits, targets, logSumExp }: KernelInputs,
  _attrs: object,
  backend: GpuBackend,
): TensorInfo {
  const [rows, vocabSize] = logits!.shape as [number, number];
  const quads = Math.ceil(vocabSize / 4);
  const dLogits = gpuResult(backend, logits!.shape);
  runProgram(backend, {
    name: 'crossEntropyGrad',
    wgsl: gradWgsl(vocabSize % 4 === 0),
    inputs: [dy!, logits!, targets!, logSumExp!],
    outputs: [dLogits],
    params: [u32(rows), u32(vocabSize), u32(quads)],
    workgroups: threadGrid(rows * quads),
  });
  return dLogits;
}
