import type { KernelFunction } from '@nibble-ml/tfjs-bridge';
import { gpuOutput, runProgram, u32 } from '@nibble-ml/tfjs-bridge/webgpu';
import type { GpuBackend } from '@nibble-ml/tfjs-bridge/webgpu';
import type { Fp4BlockAttributes } from '../fp4-attributes.ts';
import { scaleBindings, scaleFunction, scaleInputs, scaleParams } from '../fp4-scales/scales-wgsl.ts';
import { GRID_WIDTH, linearGrid } from '../wgsl-grid.ts';
import { DECODE_WGSL } from './decode-wgsl.ts';

const BINDINGS = [
  'var<storage, read> codes: array<u32>;',
  ...scaleBindings('q'),
  'var<storage, read_write> out: array<u32>;',
  'var<uniform> params: Params;',
];

// The sign is set on the bits, since a shader may drop that of zero; so is NaN.
const WGSL = `
struct Params { size: u32, cols: u32, blockCols: u32, rowScales: u32, access: u32 }
${BINDINGS.map((line, binding) => `@group(0) @binding(${binding}) ${line}`).join('\n')}
${DECODE_WGSL}
${scaleFunction('q')}
@compute @workgroup_size(64)
fn main(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_index) lane: u32) {
  let i = (group.y * ${GRID_WIDTH}u + group.x) * 64u + lane;
  if (i >= params.size) { return; }
  let row = i / params.cols;
  let col = i % params.cols;
  let words = (params.cols + 7u) / 8u;
  let code = (codes[row * words + col / 8u] >> (4u * (col % 8u))) & 15u;
  let scale = qScale(row, col / params.blockCols, params.rowScales, params.access);
  let bits = bitcast<u32>(decodeValue(code & 7u) * bitcast<f32>(scale)) | ((code & 8u) << 28u);
  out[i] = select(bits, 0x7fc00000u, scale == 0x7fc00000u);
}`;

/** `Fp4Dequantize` on the webgpu backend: one value per thread. */
export const fp4DequantizeWebGpu: KernelFunction<GpuBackend, Fp4BlockAttributes> = (
  { codes, scales, tensorScale },
  attrs,
  backend,
) => {
  const rows = codes!.shape[0]!;
  const { cols, block } = attrs;
  const size = rows * cols;
  if (size === 0) return backend.makeTensorInfo([rows, cols], 'float32', new Float32Array(0));
  const out = gpuOutput(backend, [rows, cols], 'float32');
  const { rowScales, access } = scaleParams(attrs, rows, scales!);
  runProgram(backend, {
    name: 'Fp4Dequantize',
    wgsl: WGSL,
    inputs: [codes!, ...scaleInputs(scales!, tensorScale)],
    outputs: [out],
    params: [size, cols, block === 0 ? cols : block, rowScales, access].map(u32),
    workgroups: linearGrid(Math.ceil(size / 64)),
  });
  return out;
};
