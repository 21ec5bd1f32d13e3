import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { bitsOf, exactE2m1Magnitude, finiteBf16, floatFromBits } from '../test/oracle.ts';
import { E2M1_THRESHOLDS, encodeE2m1, encodeThresholds } from './e2m1.ts';
import { encode, encodeArray } from './encode.ts';
import { E2M1 } from './formats.ts';
import { randomBits } from './random-bits.ts';

const MAX_BITS = 0x7f7fffff;
const smallest = 2 ** -149;
const largest = floatFromBits(MAX_BITS);
const extremeScales = [
  smallest,
  2 * smallest,
  3 * smallest,
  4 * smallest,
  5 * smallest,
  7 * smallest,
  2 ** -126,
  floatFromBits(0x007fffff),
  floatFromBits(0x00800001),
  1 / 3,
  1,
  2 ** 126,
  largest / 6,
  largest / 5,
  largest / 3.5,
  largest / 2,
  largest,
].map(Math.fround);
// Uniform over the positive finite bit patterns, so over all exponents.
const randomScales = Array.from(randomBits(3000, 1), (bits) => floatFromBits(1 + (bits % MAX_BITS)));

function ladder(thresholds: Uint32Array, x: number): number {
  const magnitudeBits = bitsOf(x) & 0x7fffffff;
  return thresholds.reduce((count, threshold) => count + (magnitudeBits > threshold ? 1 : 0), 0);
}

/** The float32 nearest to each threshold · scale and three on either side, finite ones only. */
function aroundThresholds(scale: number): number[] {
  return E2M1_THRESHOLDS.flatMap((threshold) => {
    const centre = bitsOf(Math.min(threshold * scale, largest));
    return [-3, -2, -1, 0, 1, 2, 3]
      .map((step) => centre + step)
      .filter((bits) => bits >= 0 && bits <= MAX_BITS);
  }).map(floatFromBits);
}

function mismatches(scales: readonly number[]): string[] {
  const found: string[] = [];
  for (const scale of scales) {
    const thresholds = encodeThresholds(scale);
    for (const x of [...aroundThresholds(scale), 0, smallest, largest]) {
      const code = encodeE2m1(x, scale);
      if (ladder(thresholds, x) !== code || encodeE2m1(-x, scale) !== code + 8)
        found.push(`ladder ${x} / ${scale}`);
      if (exactE2m1Magnitude(x, scale) !== code) found.push(`exact ${x} / ${scale}`);
      if (encode(E2M1, x / scale) !== code) found.push(`encode ${x} / ${scale}`);
    }
  }
  return found;
}

describe('encodeE2m1', () => {
  it('equals rational arithmetic, the integer ladder and encode, 3 ulp around every threshold of extreme scales', () => {
    expect(mismatches(extremeScales)).toEqual([]);
  });

  it('equals them for 3,000 random scales of any exponent', () => {
    expect(mismatches(randomScales)).toEqual([]);
  });

  it('equals encode at scale 1 for all finite bfloat16 inputs', () => {
    const x = finiteBf16();
    expect(Uint8Array.from(x, (value) => encodeE2m1(value, 1))).toEqual(encodeArray(E2M1, x));
  });

  it('gives the signed zero code at scale 0', () => {
    expect([0, -0, 1, -1, largest, -largest].map((x) => encodeE2m1(x, 0))).toEqual([0, 8, 0, 8, 0, 8]);
    expect([...encodeThresholds(0)]).toEqual(Array(7).fill(0x7fffffff));
  });
});

describe('encodeThresholds', () => {
  it('is ascending and leaves room for a signed comparison', () => {
    const bits = fc.integer({ min: 1, max: MAX_BITS });
    fc.assert(
      fc.property(bits, (scaleBits) => {
        const thresholds = [...encodeThresholds(floatFromBits(scaleBits))];
        expect(thresholds).toEqual(thresholds.toSorted((a, b) => a - b));
        expect(thresholds.at(-1)).toBeLessThan(2 ** 31);
      }),
      { seed: 7 },
    );
  });

  it('meets odd thresholds and exceeds even ones at scale 1', () => {
    const expected = E2M1_THRESHOLDS.map((threshold, i) => bitsOf(threshold) - (i % 2));
    expect([...encodeThresholds(1)]).toEqual(expected);
  });

  it.each([-1, NaN, Infinity, 0.1])('refuses the scale %d', (scale) => {
    expect(() => encodeThresholds(scale)).toThrow(/scale must be a finite non-negative float32/);
  });
});
