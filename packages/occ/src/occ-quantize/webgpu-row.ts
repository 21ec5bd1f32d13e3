import { ENCODE_WGSL } from '../encode-wgsl.ts';

/**
 * What both kernels of the op share: bindings, order keys, and the encoding of a row once its thresholds are known.
 */
export const ROW_WGSL: string = /* wgsl */ `
@group(0) @binding(0) var<storage, read> x: array<u32>;
@group(0) @binding(1) var<storage, read_write> codes: array<u32>;
@group(0) @binding(2) var<storage, read_write> scales: array<u32>;
@group(0) @binding(3) var<storage, read_write> indices: array<u32>;
@group(0) @binding(4) var<storage, read_write> values: array<f32>;
struct Params { rows: u32, cols: u32, lower: u32, upper: u32 }
@group(0) @binding(5) var<uniform> params: Params;

${ENCODE_WGSL}`;
