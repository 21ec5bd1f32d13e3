import { coefficientFields } from '../coefficient-params.ts';
import { e4m3, f16 } from '../mini-float/mini-float.ts';
import { inverseScaleWgsl, miniFloatWgsl } from '../mini-float/wgsl.ts';
import { repeat } from '../wgsl-repeat.ts';

// A thread has four elements at a time, because they share words: no two threads write the same one.
const update = (k: number): string => `
  if (workgroup >= params.begin${k} && (workgroup - params.begin${k}) * 4096u < params.count${k}) {
    let scales = scalesOf(params.tensor${k});
    let first = (workgroup - params.begin${k}) * 4096u + local * 4u;
    for (var i = first; i < min(first + 4096u, params.count${k}); i += 256u) {
      let at = params.offset${k} + (i >> 2u) * 3u;
      var codes = vec3u(moments[at], moments[at + 1u], moments[at + 2u]);
      for (var j = 0u; j < min(4u, params.count${k} - i); j++) {
        let e = params.start${k} + i + j;
        parameter${k}[e] = adamW(&codes, j, scales, factor * gradient${k}[e], parameter${k}[e], params.decay${k});
      }
      moments[at] = codes.x;
      moments[at + 1u] = codes.y;
      moments[at + 2u] = codes.z;
    }
  }`;

/** The update of a group; mirrors `reference.ts`. A workgroup updates 4,096 elements of one chunk. */
export function adamWMixedWgsl(chunks: number): string {
  return `
struct Params {
  ${coefficientFields},
  ${repeat(chunks, (k) => `begin${k}: u32, tensor${k}: u32, start${k}: u32, count${k}: u32, offset${k}: u32, decay${k}: f32,`)}
}
${repeat(chunks, (k) => `@group(0) @binding(${k}) var<storage, read> gradient${k}: array<f32>;`)}
@group(0) @binding(${chunks}) var<storage, read> bounds: array<f32>;
@group(0) @binding(${chunks + 1}) var<storage, read_write> moments: array<u32>;
${repeat(chunks, (k) => `@group(0) @binding(${chunks + 2 + k}) var<storage, read_write> parameter${k}: array<f32>;`)}
@group(0) @binding(${2 * chunks + 2}) var<uniform> params: Params;
${miniFloatWgsl(e4m3)}
${miniFloatWgsl(f16)}
${inverseScaleWgsl}

struct Scales { first: f32, second: f32, firstInverse: f32, secondInverse: f32 }

fn scalesOf(index: u32) -> Scales {
  let at = 1u + 4u * index;
  return Scales(
    scale_e4m3(bounds[at]),
    scale_f16(bounds[at + 1u]),
    inverseScale(scale_e4m3(bounds[at + 2u])),
    inverseScale(scale_f16(bounds[at + 3u])),
  );
}

// Updates the codes of element j of four, and returns its new weight.
fn adamW(codes: ptr<function, vec3u>, j: u32, scales: Scales, g: f32, old: f32, decay: f32) -> f32 {
  let firstShift = j * 8u;
  let secondShift = (j & 1u) * 16u;
  let firstCode = (*codes).x >> firstShift;
  let secondWord = select((*codes).y, (*codes).z, j >= 2u);
  let magnitude = decode_e4m3(firstCode & 0x7fu);
  let m = select(magnitude, -magnitude, (firstCode & 0x80u) != 0u) * scales.first;
  let v = decode_f16((secondWord >> secondShift) & 0xffffu) * scales.second;

  let mNew = params.beta1 * m + params.oneMinusBeta1 * g;
  let vNew = params.beta2 * v + params.oneMinusBeta2 * (g * g);
  let denominator = sqrt(params.secondCorrection * vNew) + params.epsilon;
  let step = (params.stepSize * mNew) / denominator;

  let newMagnitude = encode_e4m3(abs(mNew) * scales.firstInverse);
  let newFirst = newMagnitude | select(0u, 0x80u, newMagnitude != 0u && mNew < 0.0);
  let least = select(0u, 1u, bitcast<u32>(vNew) >= 0x00800000u);
  let newSecond = max(encode_f16(vNew * scales.secondInverse), least);
  (*codes).x = ((*codes).x & ~(0xffu << firstShift)) | (newFirst << firstShift);
  let newWord = (secondWord & ~(0xffffu << secondShift)) | (newSecond << secondShift);
  if (j >= 2u) { (*codes).z = newWord; } else { (*codes).y = newWord; }
  return old - (decay * old + step);
}

@compute @workgroup_size(64)
fn main(
  @builtin(workgroup_id) id: vec3u,
  @builtin(num_workgroups) grid: vec3u,
  @builtin(local_invocation_index) local: u32,
) {
  let factor = bounds[0];
  if (factor == 0.0) { return; }
  let workgroup = id.y * grid.x + id.x;
  ${repeat(chunks, update)}
}`;
}
