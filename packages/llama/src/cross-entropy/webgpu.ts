import type { TensorInfo } from '@tensorflow/tfjs-core';
import type { KernelInputs } from '@nibble-ml/tfjs-bridge';
import { f32, runProgram, u32 } from '@nibble-ml/tfjs-bridge/webgpu';
import type { GpuBackend } from '@nibble-ml/tfjs-bridge/webgpu';
import { gpuResult } from '../kernel/gpu-result.ts';
import { shared } from '../kernel/shared.ts';
import { EXP1_WGSL, LOG1_WGSL } from '../kernel/wgsl-math.ts';
import { workgroupGrid } from '../kernel/wgsl.ts';
import { LANES } from './f32-order.ts';
import type { CrossEntropyAttrs } from './kernel.ts';

// These mirror f32-order.ts operation by operation. One workgroup to a row: each thread takes every 64th logit, then
// one adds their sums in order. A target out of range gives a loss of NaN, written as bits.
function rowsWgsl(gradient: boolean): string {
  return `
@group(0) @binding(0) var<storage, read> logits: array<f32>;
@group(0) @binding(1) var<storage, read> targetIds: array<i32>;
@group(0) @binding(2) var<storage, read_write> loss: array<u32>;
${gradient ? '@group(0) @binding(3) var<storage, read_write> dLogits: array<f32>;' : ''}
struct Params { rows: u32, vocabSize: u32, scale: f32, firstRow: u32 }
@group(0) @binding(${gradient ? 4 : 3}) var<uniform> params: Params;
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
  for (var v = local; v < params.vocabSize; v += ${LANES}u) {
    let exponential = exp1(logits[row + v] - greatest);
    sum += exponential;
    ${gradient ? 'dLogits[row + v] = exponential;' : ''}
  }
  sumOf[local] = sum;
  workgroupBarrier();
  let id = u32(targetIds[params.firstRow + m]);
  if (local == 0u) {
    for (var i = 1u; i < ${LANES}u; i++) { sum += sumOf[i]; }
    sumOf[0] = sum;
    var bits = 0x7fc00000u;
    if (id < params.vocabSize) { bits = bitcast<u32>((greatest + log1(sum)) - logits[row + id]); }
    loss[params.firstRow + m] = bits;
  }
  ${gradient ? GRADIENT_WGSL : ''}
}`;
}

const GRADIENT_WGSL = `
  workgroupBarrier();
  let factor = params.scale / sumOf[0];
  for (var v = local; v < params.vocabSize; v += ${LANES}u) {
    var value = dLogits[row + v] * factor;
    if (v == id) { value -= params.scale; }
    dLogits[row + v] = value;
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

export function crossEntropyWebGpu(
  { logits, targets, loss: lossBefore }: KernelInputs,
  { gradient, firstRow }: CrossEntropyAttrs,
  backend: GpuBackend,
): TensorInfo[] {
  const [rows, vocabSize] = logits!.shape as [number, number];
  const allRows = targets!.shape[0]!;
  const loss = lossBefore === undefined ? gpuResult(backend, [allRows]) : shared(backend, lossBefore);
  const outputs = gradient ? [loss, gpuResult(backend, logits!.shape)] : [loss];
  runProgram(backend, {
    name: 'crossEntropy',
    wgsl: rowsWgsl(gradient),
    inputs: [logits!, targets!],
    outputs,
    params: [u32(rows), u32(vocabSize), f32(1 / allRows), u32(firstRow)],
    workgroups: workgroupGrid(rows),
  });
  return outputs;
}

export function meanLossWebGpu({ loss }: KernelInputs, _attrs: object, backend: GpuBackend): TensorInfo {
  const mean = gpuResult(backend, []);
  runProgram(backend, {
    name: 'meanLoss',
    wgsl: MEAN_WGSL,
    inputs: [loss!],
    outputs: [mean],
    params: [u32(loss!.shape[0]!)],
    workgroups: [1],
  });
  return mean;
}
