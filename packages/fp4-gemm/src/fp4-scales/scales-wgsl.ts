import type { TensorInfo } from '@tensorflow/tfjs-core';
import type { Fp4BlockAttributes } from '../fp4-attributes.ts';

/** How a shader reads scales: one per row or in all, or per block in one of the formats. */
export type ScaleAccess = 'row' | 'f32' | 'e8m0' | 'e4m3';

/** The access that the attributes of an FP4 matrix ask for. */
export function scaleAccess({ block, scaleFormat }: Fp4BlockAttributes): ScaleAccess {
  return block === 0 ? 'row' : scaleFormat;
}

/** The second parameter of the scale function: how far apart the scales of neighbouring rows lie. */
export function rowScalesOf({ cols, block }: Fp4BlockAttributes, rows: number, scales: TensorInfo): number {
  // A matrix of one row has one scale either way.
  return block === 0 ? Number(scales.shape[0] === rows) : Math.ceil(cols / block);
}

/** The lines that bind what the scale function reads, to be numbered by the caller. */
export function scaleBindings(name: string, access: ScaleAccess): string[] {
  const scales = `var<storage, read> ${name}Scales: array<u32>;`;
  return access === 'e4m3' ? [scales, `var<storage, read> ${name}TensorScale: array<u32>;`] : [scales];
}

const BYTE = (name: string): string =>
  `(${name}Scales[row * ((rowScales + 3u) / 4u) + block / 4u] >> (8u * (block & 3u))) & 255u`;

/**
 * WGSL function `<name>Scale(row, block, rowScales)`: the bits of the float32 scale, and 0x7fc00000 for every NaN, which
 * is decided on the bits.
 */
export function scaleFunction(name: string, access: ScaleAccess): string {
  const body = {
    row: `  let bits = ${name}Scales[row * rowScales];
  return select(bits, 0x7fc00000u, (bits & 0x7fffffffu) > 0x7f800000u);`,
    f32: `  let bits = ${name}Scales[row * rowScales + block];
  return select(bits, 0x7fc00000u, (bits & 0x7fffffffu) > 0x7f800000u);`,
    e8m0: `  let code = ${BYTE(name)};
  if (code == 255u) { return 0x7fc00000u; }
  return select(code << 23u, 0x00400000u, code == 0u);`,
    // E4M3 from exponent 1 on is float32 with fewer bits and another bias; below it counts 2^-9.
    e4m3: `  let code = ${BYTE(name)};
  let tensorScale = ${name}TensorScale[0];
  if (code == 127u || (tensorScale & 0x7fffffffu) > 0x7f800000u) { return 0x7fc00000u; }
  let value = select(bitcast<f32>((code << 20u) + 0x3c000000u), f32(code) * 0.001953125, code < 8u);
  return bitcast<u32>(value * bitcast<f32>(tensorScale));`,
  }[access];
  return `
fn ${name}Scale(row: u32, block: u32, rowScales: u32) -> u32 {
${body}
}`;
}
