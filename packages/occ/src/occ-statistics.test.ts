import { dequantize, meanSquaredError, quantize } from '@nibble-ml/fp4-format';
import { normalFloats } from '@nibble-ml/testing';
import { describe, expect, it } from 'vitest';
import { occStatistics } from './occ-statistics.ts';

describe('occStatistics', () => {
  const rows = 16;
  const cols = 2048;
  // Heavy tails, as activations have: 2 % of the values are 12 times as large.
  const x = normalFloats(rows * cols, 21).map((value, i) => (i % 50 === 7 ? 12 * value : value));

  it('orders the fidelities as table 1 of the paper does', () => {
    const by = new Map([0.999, 0.99, 0.97].map((alpha) => [alpha, occStatistics(x, rows, cols, alpha)]));
    for (const measure of ['cosine', 'sqnrDecibels'] as const) {
      const { direct } = by.get(0.999)!;
      expect(by.get(0.999)!.compensated[measure]).toBeGreaterThan(direct[measure]);
      expect(by.get(0.99)!.compensated[measure]).toBeGreaterThan(by.get(0.999)!.compensated[measure]);
      expect(by.get(0.97)!.compensated[measure]).toBeGreaterThan(by.get(0.99)!.compensated[measure]);
    }
    for (const { clamped, compensated, direct } of by.values()) {
      expect(compensated.mse).toBeLessThan(clamped.mse);
      expect(compensated.mse).toBeLessThan(direct.mse);
    }
  });
  it.each([0.99, 0.97, 0.95])('has a density near 2(1 - alpha) at alpha %f', (alpha) => {
    const { density } = occStatistics(x, rows, cols, alpha);
    expect(Math.abs(density / (2 * (1 - alpha)) - 1)).toBeLessThan(0.1);
  });
  it('compares direct quantization with itself at alpha 1', () => {
    const { density, direct, clamped, compensated } = occStatistics(x, rows, cols, 1);
    expect(density).toBe(0);
    expect(clamped).toEqual(direct);
    expect(compensated).toEqual(direct);
    const restored = dequantize(quantize(x, rows, cols, { granularity: 'vector' }));
    expect(direct.mse).toBe(meanSquaredError(x, restored));
  });
  it('follows the definitions, by hand', () => {
    // Clamped at -3 and 6 to [6, 6, -3, 2, …]; the scale is 1, and every clamped value an E2M1 value.
    const row = Float32Array.of(90, 6, -3, 2, 1, 0, 1, 2, -3, -6, 0);
    const { density, direct, clamped, compensated, compensatedE4m3 } = occStatistics(row, 1, 11, 0.9);
    expect(density).toBe(2 / 11);
    // 15 is the scale of direct quantization: 6 becomes 7.5, and the rest 0, but for -6, which becomes -7.5.
    const norms = (values: number[]): number =>
      Math.sqrt(values.reduce((total, value) => total + value ** 2, 0));
    const noise = [0, 1.5, -3, 2, 1, 0, 1, 2, -3, 1.5, 0];
    expect(direct.mse).toBeCloseTo(norms(noise) ** 2 / 11, 6);
    expect(direct.sqnrDecibels).toBeCloseTo(20 * Math.log10(norms([...row]) / norms(noise)), 6);
    const dot = 90 * 90 + 6 * 7.5 + 6 * 7.5;
    expect(direct.cosine).toBeCloseTo(dot / (norms([...row]) * norms([90, 7.5, 7.5])), 6);
    expect(clamped.mse).toBeCloseTo((84 ** 2 + 3 ** 2) / 11, 6);
    expect(compensated).toEqual({ cosine: 1, mse: 0, sqnrDecibels: Infinity });
    // The residual's scale is 1/4: 84 is 336 quarters, which lies halfway between 320 and 352.
    expect(compensatedE4m3.mse).toBeCloseTo(4 ** 2 / 11, 6);
  });
  it('loses little by compensation in FP8, and less than without it', () => {
    for (const quantile of ['token', 'tensor'] as const) {
      const { clamped, compensated, compensatedE4m3 } = occStatistics(x, rows, cols, 0.97, { quantile });
      expect(compensatedE4m3.mse).toBeGreaterThan(compensated.mse);
      expect(compensatedE4m3.mse).toBeLessThan(clamped.mse);
      expect(compensatedE4m3.sqnrDecibels).toBeGreaterThan(compensated.sqnrDecibels - 6);
    }
  });
  it('takes the quantile of the tensor where asked, and one scale in all', () => {
    const token = normalFloats(16 * 64, 22).map((value, i) => (i < 64 ? 20 * value : value));
    const perToken = occStatistics(token, 16, 64, 0.95);
    const perTensor = occStatistics(token, 16, 64, 0.95, { quantile: 'tensor' });
    const coarse = occStatistics(token, 16, 64, 0.95, { quantile: 'tensor', granularity: 'tensor' });
    for (const { density } of [perToken, perTensor]) expect(Math.abs(density / 0.1 - 1)).toBeLessThan(0.1);
    expect(perTensor.clamped.mse).toBeGreaterThan(perToken.clamped.mse);
    expect(coarse.direct.mse).toBeGreaterThan(perTensor.direct.mse);
    expect(coarse.compensated.mse).toBeLessThan(coarse.direct.mse);
  });
  it('cuts nothing off constant rows, zeros, or rows of fewer than 1 / (1 - alpha) elements', () => {
    for (const values of [new Float32Array(200).fill(-3), new Float32Array(200), normalFloats(200, 23)]) {
      const { density, direct, compensated, compensatedE4m3 } = occStatistics(values, 5, 40, 0.99);
      expect(density).toBe(0);
      expect(compensated).toEqual(direct);
      expect(compensatedE4m3).toEqual(direct);
    }
    const { direct } = occStatistics(new Float32Array(200), 5, 40, 0.9);
    expect(direct).toEqual({ cosine: NaN, mse: 0, sqnrDecibels: NaN });
  });
  it('refuses infinities and unknown options', () => {
    expect(() => occStatistics(Float32Array.of(1, Infinity), 1, 2, 0.9)).toThrow(/x\[1\] is Infinity/);
    expect(() => occStatistics(x, rows, cols, 0.9, { quantile: 'row' as never })).toThrow(
      /occStatistics: quantile must be token or tensor, but got row/,
    );
  });
});
