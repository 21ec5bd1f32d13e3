import { dequantize, E5M2, quantize, randomBits, roundArray } from '@nibble-ml/fp4-format';
import { bitsOf, normalFloats, seededRandom } from '@nibble-ml/testing';
import { describe, expect, it } from 'vitest';
import { doubledValues } from '../doubled-values.ts';
import { roundToE5m2 } from './e5m2.ts';
import { fixedPointRows } from './fixed-point.ts';
import { foldScales } from './fold.ts';
import type { FoldedGradient } from './integer-rows.ts';
import { stochasticInt8Rows } from './int8.ts';
import { integerProduct } from './integer-product.ts';
import { stochasticNvfp4Rows } from './nvfp4.ts';
import { randomCodes } from './trial.ts';

function foldedRows(values: Float32Array, rows: number): FoldedGradient {
  const steps = values.length / rows;
  return { rows, steps, values, rowStride: steps, stepStride: 1 };
}

describe('foldScales', () => {
  it('multiplies each step with its scale, for either product', () => {
    const dy = Float32Array.of(1, 2, 3, 4, 5, 6);
    expect([...foldScales(dy, 2, 3, Float32Array.of(10, 20, 30), 'dx').values]).toEqual([
      10, 40, 90, 40, 100, 180,
    ]);
    const dw = foldScales(dy, 2, 3, Float32Array.of(10, 100), 'dw');
    expect(dw).toMatchObject({ rows: 3, steps: 2, rowStride: 1, stepStride: 3 });
    expect([...dw.values]).toEqual([10, 400, 20, 500, 30, 600]);
  });
});

describe('fixedPointRows', () => {
  it('is within half a unit of each element, with integers of three balanced digits', () => {
    const values = normalFloats(64 * 33, 1).map((value, i) => value * 2 ** ((i % 64) - 32));
    const { values: integers, units, steps } = fixedPointRows(foldedRows(values, 33));
    for (let i = 0; i < values.length; i++) {
      const unit = 2 * units[Math.floor(i / steps)]!;
      expect(Math.abs(integers[i]! * unit - values[i]!)).toBeLessThanOrEqual(unit / 2);
      expect(Math.abs(integers[i]!)).toBeLessThanOrEqual(127 * 65536);
    }
  });

  it('moves on to the next unit where 127 · 65536 would be passed, and rounds ties to even', () => {
    const largest = 127 * 65536;
    const { values, units } = fixedPointRows(
      foldedRows(Float32Array.of(largest - 0.5, 0.5, 1.5, -2.5, largest, 1, 3, -5), 2),
    );
    expect([...values]).toEqual([largest, 0, 2, -2, largest / 2, 0, 2, -2]);
    expect([...units]).toEqual([0.5, 1]);
  });

  it('gives NaN and zero rows their unit', () => {
    const { values, units } = fixedPointRows(
      foldedRows(Float32Array.of(NaN, 1, -Infinity, 1, 2 ** -101, 0, 2 ** -100, 0), 4),
    );
    expect([...units]).toEqual([NaN, NaN, 0, 2 ** -123]);
    expect([...values]).toEqual([0, 0, 0, 0, 0, 0, 2 ** 22, 0]);
  });
});

describe('integerProduct', () => {
  it('rounds the exact sum as said', () => {
    const [rows, steps, cols] = [5, 300, 9];
    const random = seededRandom(4);
    const values = Int32Array.from({ length: rows * steps }, () => (2 * random() - 1) * 127 * 65536);
    const words = randomCodes(steps, cols, random);
    const doubled = doubledValues({ words, scales: new Float32Array(steps), rows: steps }, cols);
    const units = normalFloats(rows, 2);
    const expected = Float32Array.from({ length: rows * cols }, (_, i) => {
      const [r, c] = [Math.floor(i / cols), i % cols];
      let sum = 0n;
      for (let k = 0; k < steps; k++) sum += BigInt(values[r * steps + k]!) * BigInt(doubled[k * cols + c]!);
      const t = Math.fround(Math.fround(Number(sum >> 16n)) * 65536 + Number(sum & 65535n));
      return t * units[r]!;
    });
    expect(bitsOf(integerProduct({ rows, steps, values, units }, doubled, cols))).toEqual(bitsOf(expected));
  });
});

describe('roundToE5m2', () => {
  it('is E5M2 rounding under a power of two that brings the largest magnitude to the top', () => {
    for (const [largest, p] of [
      [57344, 0],
      [57345, 1],
      [28673, 0],
      [28672, -1],
      [1.75, -15],
      [2 ** -94, -109],
      [2 ** 127 * 1.9, 113],
    ] as const) {
      const x = normalFloats(2000, 3).map((value, i) => value * 2 ** -(i % 40));
      const amax = x.reduce((a, b) => Math.max(a, Math.abs(b)), 0);
      for (let i = 0; i < x.length; i++) x[i] = (x[i]! / amax) * largest * (1 - 2 ** -20);
      x[7] = -largest;
      const scaled = Float32Array.from(x, (value) => value * 2 ** -p);
      const expected = roundArray(E5M2, scaled).map((value) => value * 2 ** p);
      // A zero keeps no sign: as an integer it has none.
      expect(
        [...roundToE5m2(x)].map((value) => value + 0),
        `${largest}`,
      ).toEqual([...expected].map((value) => value + 0));
    }
  });

  it('makes everything NaN or zero where the largest magnitude is not finite or tiny', () => {
    expect([...roundToE5m2(Float32Array.of(1, NaN))]).toEqual([NaN, NaN]);
    expect([...roundToE5m2(Float32Array.of(1, -Infinity))]).toEqual([NaN, NaN]);
    expect([...roundToE5m2(Float32Array.of(2 ** -95, -(2 ** -96)))]).toEqual([0, 0]);
  });
});

describe('stochasticInt8Rows', () => {
  it('rounds to a neighbour, up with the chance of the fraction', () => {
    const steps = 64;
    const values = normalFloats(steps, 9);
    values[3] = 0;
    const amax = values.reduce((a, b) => Math.max(a, Math.abs(b)), 0);
    const inverse = Math.fround(127 / amax);
    const draws = 4000;
    const sums = new Float64Array(steps);
    for (let seed = 0; seed < draws; seed++) {
      const rows = stochasticInt8Rows(foldedRows(values, 1), seed);
      expect(rows.units[0]).toBe(Math.fround(amax / 254));
      rows.values.forEach((value, k) => {
        const t = Math.fround(values[k]! * inverse);
        expect([Math.floor(t), Math.ceil(t)]).toContain(value);
        sums[k]! += value;
      });
    }
    for (let k = 0; k < steps; k++) {
      const t = Math.fround(values[k]! * inverse);
      const fraction = t - Math.floor(t);
      // Five standard errors of a mean of Bernoulli variables, and the granularity of 24 random bits: for 64 right means, a
      // miss has a chance of 4e-5.
      const tolerance = 5 * Math.sqrt((fraction * (1 - fraction)) / draws) + 2 ** -24;
      expect(Math.abs(sums[k]! / draws - t)).toBeLessThanOrEqual(tolerance);
    }
  });

  it('reaches 127 and not beyond, both ways, whatever the amax', () => {
    for (let i = 0; i < 200; i++) {
      const amax = Math.fround(1 + i / 200);
      const { values } = stochasticInt8Rows(foldedRows(Float32Array.of(amax, -amax), 1), i);
      expect([...values]).toEqual([127, -127]);
    }
  });

  it('draws the random bits of an element by its index in dY, so that both products may share them', () => {
    const [m, n] = [7, 13];
    const dy = normalFloats(m * n, 6);
    const folded = foldScales(dy, m, n, Float32Array.of(1), 'dw');
    const draws = Array.from({ length: 50 }, (_, seed) => stochasticInt8Rows(folded, seed).values.join());
    expect(new Set(draws).size).toBe(50);
    // The same values at other indices.
    expect(stochasticInt8Rows(foldedRows(folded.values, n), 7).values.join()).not.toBe(draws[7]);
  });
});

describe('stochasticNvfp4Rows', () => {
  it('is the NVFP4 quantization of fp4-format with the same random bits', () => {
    const [rows, steps] = [7, 83];
    const values = normalFloats(rows * steps, 8).map((value, i) => value * 2 ** -(Math.floor(i / 16) % 20));
    values.fill(0, 32, 48);
    const quantized = quantize(values, rows, steps, {
      granularity: { block: 16 },
      scale: 'e4m3',
      rounding: 'stochastic',
      randomBits: randomBits(values.length, 77),
    });
    const actual = stochasticNvfp4Rows(foldedRows(values, rows), 77);
    const decoded = Float32Array.from(
      actual.values,
      (value, i) => 2 * value * actual.units[Math.floor(i / steps)]!,
    );
    // The scale of a block is rounded to float32 in fp4-format, and not here.
    dequantize(quantized).forEach((value, i) =>
      expect(Math.abs(decoded[i]! - value)).toBeLessThanOrEqual(2 ** -23 * Math.abs(value)),
    );
  });

  it('rounds up with the chance of the fraction of a step', () => {
    // The scale is 1: 448 in the first block sets the tensor scale, 6 in the second its own.
    const values = new Float32Array(32);
    values[0] = 6 * 448;
    values.set([6, 0.25, -0.625, 1.1, 1.75, -2.5, 3.25, 4.5, 5.999, 0.01], 16);
    const draws = 4000;
    const sums = new Float64Array(32);
    for (let seed = 0; seed < draws; seed++) {
      const rows = stochasticNvfp4Rows(foldedRows(values, 1), seed);
      rows.values.forEach((value, k) => (sums[k]! += 2 * value * rows.units[0]!));
    }
    for (let k = 0; k < 32; k++) {
      // Five standard errors; no step is wider than 2, and no variance above 1.
      expect(Math.abs(sums[k]! / draws - values[k]!)).toBeLessThanOrEqual(5 / Math.sqrt(draws));
    }
    expect(sums[16]! / draws).toBe(6);
  });
});
