import type { KernelFunction } from '@nibble-ml/tfjs-bridge';
import { gpuOutput, runProgram, u32 } from '@nibble-ml/tfjs-bridge/webgpu';
import type { GpuBackend } from '@nibble-ml/tfjs-bridge/webgpu';
import type { Fp4ColsAttribute } from '../fp4-attributes.ts';
import { scaleStride } from '../scale-stride.ts';
import { GRID_WIDTH, linearGrid } from '../wgsl-grid.ts';
import { DECODE_WGSL } from './decode-wgsl.ts';

// The sign is set on the bits, since a shader may drop that of zero; so is NaN.
const WGSL = `
@group(0) @binding(0) var<storage, read> codes: array<u32>;
@group(0) @binding(1) var<storage, read> scales: array<u32>;
@group(0) @binding(2) var<storage, read_write> out: array<u32>;
struct Params { size: u32, cols: u32, scaleStride: u32 }
@group(0) @binding(3) var<uniform> params: Params;
${DECODE_WGSL}
@compute @workgroup_size(64)
fn main(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_index) lane: u32) {
  let i = (group.y * ${GRID_WIDTH}u + group.x) * 64u + lane;
  if (i >= params.size) { return; }
  let row = i / params.cols;
  let col = i % params.cols;
  let words = (params.cols + 7u) / 8u;
  let code = (codes[row * words + col / 8u] >> (4u * (col % 8u))) & 15u;
  let scale = scales[row * params.scaleStride];
  let bits = bitcast<u32>(decodeValue(code & 7u) * bitcast<f32>(scale)) | ((code & 8u) << 28u);
  out[i] = select(bits, 0x7fc00000u, (scale & 0x7fffffffu) > 0x7f800000u);
}`;

/** `Fp4Dequantize` on the webgpu backend: one value per thread. */
export const fp4DequantizeWebGpu: KernelFunction<GpuBackend, Fp4ColsAttribute> = (
  { codes, scales },
  { cols },
  backend,
) => {
  const rows = codes!.shape[0]!;
  const size = rows * cols;
  if (size === 0) return backend.makeTensorInfo([rows, cols], 'float32', new Float32Array(0));
  const out = gpuOutput(backend, [rows, cols], 'float32');
  runProgram(backend, {
    name: 'Fp4Dequantize',
    wgsl: WGSL,
    inputs: [codes!, scales!],
    outputs: [out],
    params: [u32(size), u32(cols), u32(scaleStride(codes!, scales!))],
    workgroups: linearGrid(Math.ceil(size / 64)),
  });
  return out;
};
