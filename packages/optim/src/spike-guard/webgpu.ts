import type { TensorInfo } from '@tensorflow/tfjs-core';
import type { KernelInputs } from '@nibble-ml/tfjs-bridge';
import { f32, runProgram, u32 } from '@nibble-ml/tfjs-bridge/webgpu';
import type { GpuBackend } from '@nibble-ml/tfjs-bridge/webgpu';
import { historyHeader, largestValue, leastSpread } from './kernel.ts';
import type { SpikeGuardAttrs } from './kernel.ts';

/** One thread: a few hundred additions in order. Whether a value is finite is decided on its bits. */
function wgsl(watchLoss: boolean): string {
  const series = watchLoss ? 2 : 1;
  return `
struct Params { window: u32, threshold: f32 }
@group(0) @binding(0) var<storage, read> norm: array<u32>;
${watchLoss ? '@group(0) @binding(1) var<storage, read> loss: array<u32>;' : ''}
@group(0) @binding(${series}) var<storage, read_write> clipFactor: array<f32>;
@group(0) @binding(${series + 1}) var<storage, read_write> history: array<f32>;
@group(0) @binding(${series + 2}) var<uniform> params: Params;

fn isFinite(bits: u32) -> bool { return (bits & 0x7f800000u) != 0x7f800000u; }

fn isSpike(begin: u32, count: u32, x: f32) -> bool {
  var sum = 0.0;
  for (var i = begin; i < begin + count; i++) { sum += history[i]; }
  let mean = sum / f32(count);
  var squares = 0.0;
  for (var i = begin; i < begin + count; i++) {
    let deviation = history[i] - mean;
    squares += deviation * deviation;
  }
  let spread = max(sqrt(squares / f32(count - 1u)), abs(mean) * ${leastSpread});
  return x - mean > params.threshold * spread;
}

@compute @workgroup_size(1)
fn main() {
  let bits = array<u32, ${series}>(norm[0]${watchLoss ? ', loss[0]' : ''});
  var areFinite = true;
  for (var s = 0u; s < ${series}u; s++) { areFinite = areFinite && isFinite(bits[s]); }
  if (!areFinite) {
    clipFactor[0] = 0.0;
    history[2] += 1.0;
    return;
  }
  let count = u32(history[0]);
  let cursor = u32(history[1]);
  var isLeftOut = false;
  for (var s = 0u; s < ${series}u; s++) {
    let begin = ${historyHeader}u + s * params.window;
    let x = min(bitcast<f32>(bits[s]), ${largestValue.toExponential()}f);
    if (count >= 2u && 2u * count >= params.window && isSpike(begin, count, x)) { isLeftOut = true; }
    history[begin + cursor] = x;
  }
  history[0] = f32(min(count + 1u, params.window));
  history[1] = f32(select(cursor + 1u, 0u, cursor + 1u == params.window));
  if (isLeftOut) {
    clipFactor[0] = 0.0;
    history[2] += 1.0;
  }
}`;
}

/** The guard on tfjs's WebGPU backend: one dispatch. */
export function spikeGuardOnGpu(
  inputs: KernelInputs,
  { window, threshold }: SpikeGuardAttrs,
  backend: GpuBackend,
): TensorInfo[] {
  const { norm, loss, clipFactor, history } = inputs;
  runProgram(backend, {
    name: 'spikeGuard',
    wgsl: wgsl(loss !== undefined),
    inputs: loss === undefined ? [norm!] : [norm!, loss],
    outputs: [clipFactor!, history!],
    params: [u32(window), f32(threshold)],
    workgroups: [1],
  });
  return [];
}
