import type { KernelFunction } from '@nibble-ml/tfjs-bridge';
import { gpuOutput, runProgram, u32 } from '@nibble-ml/tfjs-bridge/webgpu';
import type { GpuBackend } from '@nibble-ml/tfjs-bridge/webgpu';
import { DECODE_WORD_WGSL } from '../fp4-dequantize/decode-word-wgsl.ts';
import { scaleStride } from '../scale-stride.ts';
import { webGpuVariant } from './webgpu-variant.ts';
import type { WebGpuVariant } from './webgpu-variant.ts';

// A thread computes 8 rows by 4 columns; a workgroup has 4 threads along the rows and 16 along the columns, whose
// columns are interleaved so that neighbouring threads write neighbouring values.
const TILE_ROWS = 8;
const TILE_COLS = 4;
const THREADS_X = 16;
const THREADS_Y = 4;

const DOT: Record<WebGpuVariant, string> = {
  dot4I8Packed: 'fn dotInt8(a: u32, b: u32) -> i32 { return dot4I8Packed(a, b); }',
  unpacked: `
fn dotInt8(a: u32, b: u32) -> i32 {
  let products = unpackInt8(a) * unpackInt8(b);
  return products.x + products.y + products.z + products.w;
}`,
};

function each(count: number, line: (index: number) => string): string {
  return Array.from({ length: count }, (_, index) => line(index)).join('\n');
}

function shader(variant: WebGpuVariant): string {
  return `
@group(0) @binding(0) var<storage, read> xCodes: array<u32>;
@group(0) @binding(1) var<storage, read> xScales: array<u32>;
@group(0) @binding(2) var<storage, read> wCodes: array<u32>;
@group(0) @binding(3) var<storage, read> wScales: array<u32>;
@group(0) @binding(4) var<storage, read_write> y: array<u32>;
struct Params { m: u32, n: u32, words: u32, xScaleStride: u32, wScaleStride: u32 }
@group(0) @binding(5) var<uniform> params: Params;
${DECODE_WORD_WGSL}
${DOT[variant]}

// NaN is decided on the bits: WGSL may assume that arithmetic never sees one.
fn isNan(scales: vec4u) -> vec4<bool> { return (scales & vec4u(0x7fffffffu)) > vec4u(0x7f800000u); }

fn finish(sum: vec4i, sx: u32, sw: vec4u) -> vec4u {
  let values = ((vec4f(sum) * 0.25) * bitcast<f32>(sx)) * bitcast<vec4f>(sw);
  return select(bitcast<vec4u>(values), vec4u(0x7fc00000u), isNan(vec4u(sx)) | isNan(sw));
}

@compute @workgroup_size(${THREADS_X}, ${THREADS_Y})
fn main(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_id) thread: vec3u) {
  let row = (group.y * ${THREADS_Y}u + thread.y) * ${TILE_ROWS}u;
  let col = group.x * ${THREADS_X * TILE_COLS}u + thread.x;
  // Rows beyond the end compute those at the end once more, and are not written.
${each(TILE_ROWS, (r) => `  let x${r} = min(row + ${r}u, params.m - 1u) * params.words;`)}
${each(TILE_COLS, (c) => `  let w${c} = min(col + ${c * THREADS_X}u, params.n - 1u) * params.words;`)}
${each(TILE_ROWS, (r) => `  var sum${r} = vec4i(0);`)}
  for (var word = 0u; word < params.words; word++) {
${each(TILE_COLS, (c) => `    let b${c} = decodeWord(wCodes[w${c} + word]);`)}
${each(
  TILE_ROWS,
  (r) => `    {
      let a = decodeWord(xCodes[x${r} + word]);
      sum${r} += vec4i(${[0, 1, 2, 3].map((c) => `dotInt8(a.x, b${c}.x) + dotInt8(a.y, b${c}.y)`).join(', ')});
    }`,
)}
  }
  let sw = vec4u(${[0, 1, 2, 3].map((c) => `wScales[min(col + ${c * THREADS_X}u, params.n - 1u) * params.wScaleStride]`).join(', ')});
${each(
  TILE_ROWS,
  (r) => `  if (row + ${r}u < params.m) {
    let values = finish(sum${r}, xScales[(row + ${r}u) * params.xScaleStride], sw);
    let at = (row + ${r}u) * params.n + col;
${each(TILE_COLS, (c) => `    if (col + ${c * THREADS_X}u < params.n) { y[at + ${c * THREADS_X}u] = values[${c}]; }`)}
  }`,
)}
}`;
}

const shaders = new Map<WebGpuVariant, string>();

/** `Fp4MatMul` on the webgpu backend: integer dot products in a register tile. */
export const fp4MatMulWebGpu: KernelFunction<GpuBackend> = (
  { xCodes, xScales, wCodes, wScales },
  _attrs,
  backend,
) => {
  const [m, words] = xCodes!.shape as [number, number];
  const n = wCodes!.shape[0]!;
  const variant = webGpuVariant();
  // WebGPU binds no empty buffers.
  if (m * n * words === 0) return backend.makeTensorInfo([m, n], 'float32', new Float32Array(m * n));
  const y = gpuOutput(backend, [m, n], 'float32');
  let wgsl = shaders.get(variant);
  if (wgsl === undefined) shaders.set(variant, (wgsl = shader(variant)));
  runProgram(backend, {
    name: `Fp4MatMul ${variant}`,
    wgsl,
    inputs: [xCodes!, xScales!, wCodes!, wScales!],
    outputs: [y],
    params: [
      u32(m),
      u32(n),
      u32(words),
      u32(scaleStride(xCodes!, xScales!)),
      u32(scaleStride(wCodes!, wScales!)),
    ],
    workgroups: [Math.ceil(n / (THREADS_X * TILE_COLS)), Math.ceil(m / (THREADS_Y * TILE_ROWS))],
  });
  return y;
};
