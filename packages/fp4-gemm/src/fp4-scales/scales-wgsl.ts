import type { TensorInfo } from '@tensorflow/tfjs-core';
import type { Fp4BlockAttributes } from '../fp4-attributes.ts';

// One shader reads scales of every format, told apart by a uniform: a read is rare next to the products, and compiling a
// shader takes a second or two on software adapters.

/** What a shader has to know of the scales of an FP4 matrix, as members of its `params`. */
export interface ScaleParams {
  /** How far apart the scales of neighbouring rows lie; for codes in bytes, not words. */
  readonly rowScales: number;
  /** How they are stored: 0 one float32 per row or in all, 1 float32 per block, 2 E8M0, 3 E4M3. */
  readonly access: number;
}

/** The {@link ScaleParams} of a matrix of `rows` rows. */
export function scaleParams(
  { cols, block, scaleFormat }: Fp4BlockAttributes,
  rows: number,
  scales: TensorInfo,
): ScaleParams {
  // A matrix of one row has one scale either way.
  if (block === 0) return { rowScales: Number(scales.shape[0] === rows), access: 0 };
  const blocks = Math.ceil(cols / block);
  if (scaleFormat === 'f32') return { rowScales: blocks, access: 1 };
  return { rowScales: Math.ceil(blocks / 4) * 4, access: scaleFormat === 'e8m0' ? 2 : 3 };
}

/** The tensors to bind to {@link scaleBindings}; where there is no scale of the tensor, any buffer will do. */
export function scaleInputs(
  scales: TensorInfo,
  tensorScale: TensorInfo | undefined,
): [TensorInfo, TensorInfo] {
  return [scales, tensorScale ?? scales];
}

/** The lines that bind what the scale function reads, to be numbered by the caller. */
export function scaleBindings(name: string): [string, string] {
  return [
    `var<storage, read> ${name}Scales: array<u32>;`,
    `var<storage, read> ${name}TensorScale: array<u32>;`,
  ];
}

/**
 * WGSL function `<name>Scale(row, block, rowScales, access)`: the bits of the float32 scale, and 0x7fc00000 for every NaN,
 * which is decided on the bits.
 */
export function scaleFunction(name: string): string {
  return `
fn ${name}Scale(row: u32, block: u32, rowScales: u32, access: u32) -> u32 {
  if (access < 2u) {
    let bits = ${name}Scales[row * rowScales + block * access];
    return select(bits, 0x7fc00000u, (bits & 0x7fffffffu) > 0x7f800000u);
  }
  let at = row * rowScales + block;
  let code = (${name}Scales[at / 4u] >> (8u * (at & 3u))) & 255u;
  if (access == 2u) {
    if (code == 255u) { return 0x7fc00000u; }
    return select(code << 23u, 0x00400000u, code == 0u);
  }
  let tensorScale = ${name}TensorScale[0];
  if (code == 127u || (tensorScale & 0x7fffffffu) > 0x7f800000u) { return 0x7fc00000u; }
  // E4M3 from exponent 1 on is float32 with fewer bits and another bias; below it counts 2^-9.
  let value = select(bitcast<f32>((code << 20u) + 0x3c000000u), f32(code) * 0.001953125, code < 8u);
  return bitcast<u32>(value * bitcast<f32>(tensorScale));
}`;
}
