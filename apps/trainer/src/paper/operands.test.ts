import { describe, expect, it } from 'vitest';
import { normalFloats } from '@nibble-ml/testing';
import { occStatistics } from '@nibble-ml/occ';
import { activationFidelity, clampAndQuantize } from './clamp-and-quantize.ts';
import { clampNote } from './clamp-note.ts';
import type { Arm } from './experiment.ts';
import { histogramOf } from './histogram.ts';

const [rows, cols] = [8, 200];
const values = normalFloats(rows * cols, 1).map((value, i) => (i % 97 === 0 ? 20 * value : value));
const matrix = { values, rows, cols };

describe('activationFidelity', () => {
  it('per token is occStatistics', () => {
    const alpha = 0.97;
    const expected = occStatistics(values, rows, cols, alpha);
    const of = (handled: number | null, compensation: boolean): object =>
      activationFidelity(matrix, { alpha: handled, compensation, share: 'token' });
    const rename = ({ cosine, mse, sqnrDecibels }: typeof expected.direct, density: number): object => ({
      cosine,
      mse,
      snrDecibels: sqnrDecibels,
      density,
    });
    expect(of(null, false)).toEqual(rename(expected.direct, 0));
    expect(of(alpha, false)).toEqual(rename(expected.clamped, expected.density));
    expect(of(alpha, true)).toEqual(rename(expected.compensated, expected.density));
  });

  it('per tensor cuts off 2(1 − α) of all entries', () => {
    const { density } = activationFidelity(matrix, { alpha: 0.99, compensation: true, share: 'tensor' });
    // 16 below and 15 above, the upper threshold being the element at rank 1584 of 1600.
    expect(density).toBe(31 / 1600);
  });

  it('keeps outliers exactly where compensated', () => {
    const { clamped, result } = clampAndQuantize(matrix, {
      alpha: 0.99,
      compensation: true,
      share: 'tensor',
    });
    const { result: bare } = clampAndQuantize(matrix, { alpha: 0.99, compensation: false, share: 'tensor' });
    const largest = values.reduce((best, value, i) => (value > values[best]! ? i : best), 0);
    expect(result[largest]! - bare[largest]!).toBeCloseTo(values[largest]! - clamped[largest]!, 4);
  });
});

describe('histogramOf', () => {
  it('is symmetric about zero and keeps what lies beyond', () => {
    const { centers, counts } = histogramOf(new Float32Array([-9, -1, 0, 0.1, 1, 5]), 1.5, 3);
    expect(centers).toEqual([-1, 0, 1]);
    expect(counts).toEqual([2, 2, 2]);
  });
  it('refuses bins without a middle', () => {
    expect(() => histogramOf(new Float32Array(1), 1, 4)).toThrow(/odd positive number, but got 4/);
    expect(() => histogramOf(new Float32Array(1), 0, 3)).toThrow(/above 0/);
  });
});

describe('clampNote', () => {
  const arm = (recipe: string): Arm => ({ recipe, label: recipe, paper: '' });
  it('counts what is cut off of a row, nothing where the row is too short', () => {
    expect(clampNote([arm('f32'), arm('fp4-occ'), arm('w8a4-occ-alpha0.999')], 'tiny')).toMatch(
      /^Of each .*: `fp4-occ` \(α = 0\.99\) 2 of 128 and 6 of 344; `w8a4-occ-alpha0\.999` \(α = 0\.999\) 0 of 128 and 0 of 344\./,
    );
    expect(clampNote([arm('f32'), arm('fp4-dge')], 'tiny')).toBeUndefined();
  });
});
