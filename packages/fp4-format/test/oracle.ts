import { decodeTable } from '../src/decode.ts';
import type { ElementFormat } from '../src/element-format.ts';
import { BF16, E1M2, E2M1, E3M0, E4M3, E5M2, E8M0, F16, INT4, INT8 } from '../src/formats.ts';

/** Every format of the package. */
export const ALL_FORMATS: readonly ElementFormat[] = [
  E2M1,
  E1M2,
  E3M0,
  INT4,
  E4M3,
  E5M2,
  E8M0,
  BF16,
  F16,
  INT8,
];

/** The formats whose codes fit in a byte and carry a sign. */
export const SMALL_SIGNED_FORMATS: readonly ElementFormat[] = [E2M1, E1M2, E3M0, INT4, E4M3, E5M2, INT8];

const float = new Float32Array(1);
const word = new Uint32Array(float.buffer);

/** The float32 with these bits. */
export function floatFromBits(bits: number): number {
  word[0] = bits;
  return float[0]!;
}

/** The bits of a float32. */
export function bitsOf(x: number): number {
  float[0] = x;
  return word[0]!;
}

/** The float32 that lies n steps further from zero (nearer for negative n), same sign. */
export function stepUlps(x: number, n: number): number {
  return floatFromBits(bitsOf(x) + n);
}

/** All finite values among the 65,536 bfloat16 patterns, as float32. */
export function finiteBf16(): Float32Array {
  const words = Uint32Array.from({ length: 65536 }, (_, i) => i << 16);
  return new Float32Array(words.buffer).filter((x) => Number.isFinite(x));
}

/** The finite values of a format with their codes, ascending; of the two zeros only +0. */
export function sortedValues(format: ElementFormat): { value: number; code: number }[] {
  return Array.from(decodeTable(format), (value, code) => ({ value, code }))
    .filter(({ value, code }) => Number.isFinite(value) && !(value === 0 && code !== 0))
    .toSorted((a, b) => a.value - b.value);
}

/** The midpoints between neighbouring values of a format, exact in float64. */
export function ties(format: ElementFormat): number[] {
  const values = sortedValues(format);
  return values.slice(1).map(({ value }, i) => (value + values[i]!.value) / 2);
}

/**
 * Nearest value by distance alone, a tie to the even code, saturating: shares nothing with the implementation but the
 * decode table. Distances are exact in float64 for inputs near the grid.
 */
export function nearestEvenValue(values: readonly { value: number; code: number }[], x: number): number {
  let low = 0;
  let high = values.length - 1;
  while (high - low > 1) {
    const middle = (low + high) >>> 1;
    if (values[middle]!.value <= x) low = middle;
    else high = middle;
  }
  const below = values[low]!;
  const above = values[high]!;
  const fromBelow = x - below.value;
  const toAbove = above.value - x;
  if (fromBelow === toAbove) return below.code % 2 === 0 ? below.value : above.value;
  return fromBelow < toAbove ? below.value : above.value;
}

/** A float32 as mantissa · 2^exponent with integers. */
function exactParts(x: number): { mantissa: bigint; exponent: number } {
  const bits = bitsOf(Math.abs(x));
  const field = bits >>> 23;
  const fraction = bits & 0x7fffff;
  return field === 0
    ? { mantissa: BigInt(fraction), exponent: -149 }
    : { mantissa: BigInt(fraction | 0x800000), exponent: field - 150 };
}

/** E2M1 magnitude code of |x| / scale, nearest even, in rational arithmetic on integers; scale > 0. */
export function exactE2m1Magnitude(x: number, scale: number): number {
  const doubled = [0n, 1n, 2n, 3n, 4n, 6n, 8n, 12n];
  const a = exactParts(x);
  const b = exactParts(scale);
  const shift = a.exponent - b.exponent;
  // |x| / scale = numerator / denominator.
  const numerator = shift > 0 ? a.mantissa << BigInt(shift) : a.mantissa;
  const denominator = shift < 0 ? b.mantissa << BigInt(-shift) : b.mantissa;
  let best = 0;
  let bestDistance: bigint | undefined;
  for (const [code, value] of doubled.entries()) {
    const difference = 2n * numerator - value * denominator;
    const distance = difference < 0n ? -difference : difference;
    if (
      bestDistance === undefined ||
      distance < bestDistance ||
      (distance === bestDistance && code % 2 === 0)
    ) {
      best = code;
      bestDistance = distance;
    }
  }
  return best;
}
