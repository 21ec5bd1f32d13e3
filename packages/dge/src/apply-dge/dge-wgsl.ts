import type { Param } from '@nibble-ml/tfjs-bridge/webgpu';
import { f32, u32 } from '@nibble-ml/tfjs-bridge/webgpu';
import { POWER_WGSL } from '../power/power-wgsl.ts';
import { derivativeScalars, GREATEST_ARGUMENT } from './f32-order.ts';
import type { ApplyDgeAttrs } from './kernel-name.ts';
import { LEAST_NORMAL } from './reference.ts';

/** Members of the uniform `params` that {@link DGE_WGSL} reads; {@link dgeParams} gives their values. */
export const DGE_FIELDS = 'isMsAmp: u32, exponent: f32, slope: f32, clip: f32, quietNan: u32';

/** The values of {@link DGE_FIELDS}. */
export function dgeParams(attrs: ApplyDgeAttrs): Param[] {
  const { exponent, slope, clip, isMsAmp } = derivativeScalars(attrs);
  return [u32(isMsAmp ? 1 : 0), f32(exponent), f32(slope), f32(clip), u32(0x7fc00000)];
}

/**
 * WGSL function `estimated(dw: f32, weight: u32, scale: u32) -> f32`: dw * f'(weight / scale), of the bits of a weight and its
 * scale. NaN, infinity and a scale of 0 are decided on bits; the rest is the operations of f32-order.ts in its order.
 */
export const DGE_WGSL: string = `
const INFINITY: u32 = 0x7f800000u;
const SIGN: u32 = 0x80000000u;
const LEAST_NORMAL: f32 = f32(${LEAST_NORMAL});
const GREATEST_ARGUMENT: f32 = f32(${GREATEST_ARGUMENT});
${POWER_WGSL}

fn derivative(x: f32) -> f32 {
  if (params.isMsAmp != 0u && x > 6.0) { return 0.0; }
  let magnitude = min(abs(x), select(6.0, GREATEST_ARGUMENT, params.isMsAmp != 0u));

  // The interval width is 2 from 4 on, 1 from 2 on, 1/2 below, and every left edge is a multiple of it.
  let isWide = magnitude >= 4.0;
  let perWidth = select(select(2.0, 1.0, magnitude >= 2.0), 0.5, isWide);
  let position = magnitude * perWidth;
  // The last interval, [4, 6] = 2 * [2, 3], is closed at the top and goes on above it.
  let left = min(floor(position), select(3.0, 2.0, isWide));
  let u = abs((position - left) * 2.0 - 1.0);

  if (u == 0.0 && params.exponent < 0.0) { return params.clip; }
  return min(params.slope * power(max(u, LEAST_NORMAL), params.exponent), params.clip);
}

// |w| / scale of magnitudes, at most GREATEST_ARGUMENT, so that no infinity comes up.
fn quotient(weight: u32, scale: u32) -> f32 {
  if (scale < bitcast<u32>(LEAST_NORMAL) || scale == INFINITY) { return 0.0; }
  if (weight == INFINITY || weight > scale + (100u << 23u)) { return GREATEST_ARGUMENT; }
  return bitcast<f32>(weight) / bitcast<f32>(scale);
}

fn estimated(dw: f32, weight: u32, scale: u32) -> f32 {
  let magnitude = weight & ~SIGN;
  let scaleMagnitude = scale & ~SIGN;
  let isNan = scaleMagnitude > INFINITY
    || (magnitude > INFINITY && scaleMagnitude >= bitcast<u32>(LEAST_NORMAL))
    || (magnitude == INFINITY && scaleMagnitude == INFINITY);
  if (isNan) { return bitcast<f32>(params.quietNan); }
  let absolute = quotient(magnitude, scaleMagnitude);
  return dw * derivative(select(absolute, -absolute, ((weight ^ scale) & SIGN) != 0u));
}`;
