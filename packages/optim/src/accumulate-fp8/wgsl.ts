import { inverseScaleWgsl, miniFloatWgsl } from '../mini-float/wgsl.ts';
import { repeat } from '../wgsl-repeat.ts';
import type { Fp8Format } from './kernel.ts';
import { miniFloatOf } from './reference.ts';

/** What both shaders share: bindings of `count` tensors called `name`, the codes and the bounds; decoding. */
function header(count: number, name: string, access: string, format: Fp8Format): string {
  const isRead = access === 'read';
  const tensors = isRead ? 0 : 2;
  return `
struct Params { factor: f32, ${repeat(count, (k) => `begin${k}: u32, tensor${k}: u32, start${k}: u32, count${k}: u32, offset${k}: u32,`, ' ')} }
${repeat(count, (k) => `@group(0) @binding(${tensors + k}) var<storage, ${access}> ${name}${k}: array<u32>;`)}
@group(0) @binding(${isRead ? count : 0}) var<storage, read> bounds: array<u32>;
@group(0) @binding(${isRead ? count + 1 : 1}) var<storage, ${isRead ? 'read_write' : 'read'}> codes: array<u32>;
@group(0) @binding(${count + 2}) var<uniform> params: Params;
${miniFloatWgsl(miniFloatOf(format))}
${inverseScaleWgsl}

fn isFinite(bits: u32) -> bool { return (bits & 0x7f800000u) != 0x7f800000u; }

fn decode(code: u32) -> f32 {
  let magnitude = decode_${format}(code & 0x7fu);
  return select(magnitude, -magnitude, (code & 0x80u) != 0u);
}`;
}

/** Workgroup b has 4,096 elements of one chunk, a thread four at a time: no two threads write the same word. */
function main(count: number, body: (k: number) => string): string {
  return `
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
  if (workgroup >= params.begin${k} && (workgroup - params.begin${k}) * 4096u < params.count${k}) {
    let first = (workgroup - params.begin${k}) * 4096u;
    let before = bounds[2u * params.tensor${k}];
    let after = bounds[2u * params.tensor${k} + 1u];
    for (var i = first + local * 4u; i < min(first + 4096u, params.count${k}); i += 256u) {
      let at = params.offset${k} + (i >> 2u);
      ${body(k)}
    }
  }`,
  )}
}`;
}

/** The accumulation; mirrors `accumulateFp8Reference`. */
export function accumulateFp8Wgsl(count: number, format: Fp8Format, replace: boolean): string {
  const sum = replace ? 'x' : `decode(word >> shift) * scale_${format}(bitcast<f32>(before)) + x`;
  return `${header(count, 'x', 'read', format)}
fn replaced(word: u32, j: u32, x: f32, before: u32, after: u32) -> u32 {
  let shift = j * 8u;
  let sum = ${sum};
  let magnitude = encode_${format}(abs(sum) * inverseScale(scale_${format}(bitcast<f32>(after))));
  let code = magnitude | select(0u, 0x80u, magnitude != 0u && sum < 0.0);
  return (word & ~(0xffu << shift)) | (code << shift);
}
${main(
  count,
  (k) => `
      if (!isFinite(after)) { return; }
      var word = codes[at];
      for (var j = 0u; j < min(4u, params.count${k} - i); j++) {
        word = replaced(word, j, bitcast<f32>(x${k}[params.start${k} + i + j]), before, after);
      }
      codes[at] = word;`,
)}`;
}

/** The mean; mirrors `averageFp8Reference`. */
export function averageFp8Wgsl(count: number, format: Fp8Format): string {
  return `${header(count, 'mean', 'read_write', format)}
${main(
  count,
  (k) => `
      let word = codes[at];
      for (var j = 0u; j < min(4u, params.count${k} - i); j++) {
        var bits = 0x7fc00000u;
        if (isFinite(after)) {
          bits = bitcast<u32>(decode(word >> (j * 8u)) * scale_${format}(bitcast<f32>(after)) * params.factor);
        }
        mean${k}[params.start${k} + i + j] = bits;
      }`,
)}`;
}
