import { each } from '../wgsl-each.ts';
import { GRID_WIDTH } from '../wgsl-grid.ts';
import type { GradientProduct } from './fold.ts';
import { BITS_WGSL, foldWgsl, THREADS } from './webgpu-fold-wgsl.ts';
import type { GradientProducts } from './webgpu-fold-wgsl.ts';
import { HASH_WGSL } from '../hash-wgsl.ts';

/** Rows of dY that a thread rounds, and columns, 64 apart. */
const ROWS = 8;
const COLS = 2;

/** Workgroups of {@link int8Wgsl}. */
export function int8Workgroups(m: number, n: number): number {
  return Math.ceil(n / (THREADS * COLS)) * Math.ceil(m / ROWS);
}

// WGSL's quotient of float32 may be off by 2.5 ulp, so its significand is corrected by the remainder, which is exact modulo
// 2^32. A tie cannot be: the quotient of two significands of 24 bits never ends after 25.
const QUOTIENT_WGSL = `
// RN(dividend / divisor) of positive normal float32 bits.
fn quotient(dividend: u32, divisor: u32) -> u32 {
  let a = (dividend & 0x7fffffu) | 0x800000u;
  let b = (divisor & 0x7fffffu) | 0x800000u;
  let isSmall = u32(a < b);
  var significand = u32(f32(a) / f32(b) * f32(0x800000u << isSmall));
  // a 2^(23 + isSmall) - b significand.
  var rest = bitcast<i32>((a << (23u + isSmall)) - b * significand);
  let divided = i32(b);
  while (2 * rest > divided) { significand++; rest -= divided; }
  while (2 * rest < -divided) { significand--; rest += divided; }
  let exponent = (dividend >> 23u) - (divisor >> 23u) + 127u - isSmall;
  return (exponent << 23u) + (significand - 0x800000u);
}

// RN(127 / amax), or 0 for a row that rounds to zeros.
fn inverseOf(largest: u32) -> u32 {
  if (largest < MIN_AMAX_BITS || largest >= INFINITY_BITS) { return 0u; }
  return quotient(bitcast<u32>(127f), largest);
}

// RN(amax / 254).
fn unitOf(largest: u32) -> u32 {
  if (largest < MIN_AMAX_BITS) { return 0u; }
  if (largest >= INFINITY_BITS) { return NAN_BITS; }
  return quotient(largest, bitcast<u32>(254f));
}`;

const ROUND_WGSL = `
// The integer of a folded element, whose random bits are drawn for counter.
fn roundStochastically(folded: u32, factor: u32, counter: u32) -> i32 {
  if (factor == 0u) { return 0; }
  let product = bitcast<f32>(folded) * bitcast<f32>(factor);
  // Through an unknown zero, so that no compiler fuses the product with the subtraction.
  let t = bitcast<f32>(bitcast<u32>(product) ^ params.zero);
  let below = floor(t);
  let random = lowbias32(counter) >> 8u;
  let rounded = i32(below) + i32(f32(random) < (t - below) * 16777216.0);
  return clamp(rounded, -127, 127);
}`;

/** Mirrors `stochasticInt8Rows` for each product: integers that lie as in dY, and the units of all rows. */
export function int8Wgsl(products: GradientProducts): string {
  const resources = [
    '<storage, read> amax: array<u32>',
    ...products.map((product) => `<storage, read_write> ${product}Values: array<i32>`),
    '<storage, read_write> units: array<u32>',
  ];
  return `${BITS_WGSL}${foldWgsl(products, resources)}
${HASH_WGSL}
${QUOTIENT_WGSL}
${ROUND_WGSL}
@compute @workgroup_size(${THREADS})
fn main(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_index) lane: u32) {
  let index = group.y * ${GRID_WIDTH}u + group.x;
  let across = (params.n + ${THREADS * COLS - 1}u) / ${THREADS * COLS}u;
  let first = (index / across) * ${ROWS}u;
  let n0 = (index % across) * ${THREADS * COLS}u + lane;
${each(COLS, (c) => (c === 0 ? '' : `  let n${c} = n0 + ${c * THREADS}u;`))}
${products.includes('dw') ? each(COLS, (c) => `  let dwAmax${c} = amax[params.dwFirst + min(n${c}, params.n - 1u)]; let dwFactor${c} = inverseOf(dwAmax${c});`) : ''}
  for (var m = first; m < min(first + ${ROWS}u, params.m); m++) {
${products.includes('dx') ? '    let dxAmax = amax[params.dxFirst + m]; let dxFactor = inverseOf(dxAmax);' : ''}
${each(
  COLS,
  (c) => `    if (n${c} < params.n) {
      let at = m * params.n + n${c};
${products.map((product) => roundFor(product, c)).join('\n')}
    }`,
)}
  }
}`;
}

function roundFor(product: GradientProduct, c: number): string {
  const suffix = product === 'dw' ? String(c) : '';
  const [row, step] = product === 'dx' ? ['m', `n${c}`] : [`n${c}`, 'm'];
  return `      ${product}Values[at] = roundStochastically(fold(x[at], ${product}Scale(${step})), ${product}Factor${suffix}, params.${product}Counter + at);
      if (${step} == 0u) { units[params.${product}First + ${row}] = unitOf(${product}Amax${suffix}); }`;
}
