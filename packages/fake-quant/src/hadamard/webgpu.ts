import { counterBits } from '@nibble-ml/fp4-format';
import type { KernelFunction } from '@nibble-ml/tfjs-bridge';
import { f32, gpuOutput, runProgram, u32 } from '@nibble-ml/tfjs-bridge/webgpu';
import type { GpuBackend } from '@nibble-ml/tfjs-bridge/webgpu';
import { HASH_WGSL } from '../webgpu/element-wgsl.ts';
import { INDEX_WGSL, threadGrid } from '../webgpu/grid.ts';
import type { HadamardAttrs } from './options.ts';

/** A block per thread, in registers; the operations of `f32-order.ts` in its order. */
function hadamardWgsl(size: number): string {
  return `
@group(0) @binding(0) var<storage, read> x: array<u32>;
@group(0) @binding(1) var<storage, read_write> y: array<u32>;
struct Params { blocks: u32, cols: u32, axis: u32, signsIn: u32, signsOut: u32, counter: u32, factor: f32 }
@group(0) @binding(2) var<uniform> params: Params;
${HASH_WGSL}
${INDEX_WGSL}
  if (index >= params.blocks) { return; }
  var first = index * ${size}u;
  var stride = 1u;
  if (params.axis == 0u) {
    stride = params.cols;
    first = (index / stride) * ${size}u * stride + index % stride;
  }
  var block: array<f32, ${size}>;
  for (var i = 0u; i < ${size}u; i++) {
    block[i] = bitcast<f32>(x[first + i * stride] ^ (lowbias32(params.counter + i) & params.signsIn));
  }
  for (var half = 1u; half < ${size}u; half <<= 1u) {
    for (var pair = 0u; pair < ${size / 2}u; pair++) {
      let i = ((pair & ~(half - 1u)) << 1u) | (pair & (half - 1u));
      let a = block[i];
      let b = block[i + half];
      block[i] = a + b;
      block[i + half] = a - b;
    }
  }
  for (var i = 0u; i < ${size}u; i++) {
    y[first + i * stride] =
      bitcast<u32>(block[i] * params.factor) ^ (lowbias32(params.counter + i) & params.signsOut);
  }
}`;
}

/** `HadamardTransform` on the webgpu backend. */
export const hadamardWebGpu: KernelFunction<GpuBackend, HadamardAttrs> = ({ x }, attrs, backend) => {
  const [rows, cols] = x!.shape as [number, number];
  const { size, axis, seed, inverse } = attrs;
  const y = gpuOutput(backend, x!.shape, 'float32');
  const blocks = (rows * cols) / size;
  const sign = seed === null ? 0 : 0x80000000;
  runProgram(backend, {
    name: 'hadamardTransform',
    wgsl: hadamardWgsl(size),
    inputs: [x!],
    outputs: [y],
    params: [
      u32(blocks),
      u32(cols),
      u32(axis),
      u32(inverse ? 0 : sign),
      u32(inverse ? sign : 0),
      // The hash of the seed, which counters are added to: that of 0 is 0.
      u32(counterBits(0, seed ?? 0)),
      f32(1 / Math.sqrt(size)),
    ],
    workgroups: threadGrid(blocks),
  });
  return y;
};
