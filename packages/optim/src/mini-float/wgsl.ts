import { minScaleExponent, miniFloatBits } from './mini-float.ts';
import type { MiniFloat } from './mini-float.ts';

/** WGSL of `inverseScale(scale: f32) -> f32`; mirrors `mini-float.ts`. */
export const inverseScaleWgsl: string = `
fn inverseScale(scale: f32) -> f32 { return bitcast<f32>(0x7f000000u - bitcast<u32>(scale)); }`;

/**
 * WGSL of `encode_NAME(x: f32) -> u32`, `decode_NAME(code: u32) -> f32` and `scale_NAME(bound: f32) -> f32`; mirrors
 * `mini-float.ts`.
 */
export function miniFloatWgsl(format: MiniFloat): string {
  const { name, mantissaBits, maxCode, topExponent } = format;
  const { shift, minNormal, magic, rebias } = miniFloatBits(format);
  return `
fn encode_${name}(x: f32) -> u32 {
  let bits = bitcast<u32>(x);
  let subnormal = bitcast<u32>(x + bitcast<f32>(${magic}u)) - ${magic}u;
  let isOdd = (bits >> ${shift}u) & 1u;
  let normal = ((bits + ${(1 << (shift - 1)) - 1}u + isOdd) >> ${shift}u) - ${rebias >>> shift}u;
  return min(select(normal, subnormal, bits < ${minNormal}u), ${maxCode}u);
}

fn decode_${name}(code: u32) -> f32 {
  let subnormal = bitcast<f32>(${magic}u | code) - bitcast<f32>(${magic}u);
  return select(bitcast<f32>((code << ${shift}u) + ${rebias}u), subnormal, code < ${1 << mantissaBits}u);
}

fn scale_${name}(bound: f32) -> f32 {
  let exponent = i32(bitcast<u32>(bound) >> 23u) - ${126 + topExponent};
  return bitcast<f32>(u32(max(exponent, ${minScaleExponent}) + 127) << 23u);
}`;
}
