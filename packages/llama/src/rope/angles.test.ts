import { describe, expect, it } from 'vitest';
import { SCALINGS } from '../../test/rope-scalings.ts';
import { ropeFrequencies } from './angles.ts';
import { ropeTable } from './reference.ts';
import type { RopeScaling } from './rope-scaling.ts';
import { validateRopeScaling } from './rope-scaling.ts';

const LLAMA_3_1 = {
  type: 'llama3',
  factor: 8,
  lowFreqFactor: 1,
  highFreqFactor: 4,
  originalContext: 8192,
} as const;

describe('ropeFrequencies', () => {
  it('is theta^(-2i / headDim)', () => {
    const { frequencies, amplitude } = ropeFrequencies(8, { theta: 10_000 });
    expect(amplitude).toBe(1);
    [1, 0.1, 0.01, 0.001].forEach((expected, i) => expect(frequencies[i]).toBeCloseTo(expected, 15));
  });

  it('divides every frequency with linear scaling', () => {
    const plain = ropeFrequencies(8, { theta: 10_000 }).frequencies;
    const { frequencies, amplitude } = ropeFrequencies(8, { theta: 10_000, scaling: SCALINGS.linear });
    expect(amplitude).toBe(1);
    expect([...frequencies]).toEqual([...plain].map((frequency) => frequency / 4));
  });

  it("follows the wavelengths of Llama 3.1's definition", () => {
    const plain = ropeFrequencies(128, { theta: 500_000 }).frequencies;
    const { frequencies, amplitude } = ropeFrequencies(128, { theta: 500_000, scaling: LLAMA_3_1 });
    expect(amplitude).toBe(1);
    const regimes = { short: 0, long: 0, medium: 0 };
    for (const [i, frequency] of plain.entries()) {
      const wavelength = (2 * Math.PI) / frequency;
      let expected = frequency;
      if (wavelength < 8192 / 4) regimes.short++;
      else if (wavelength > 8192 / 1) {
        regimes.long++;
        expected = frequency / 8;
      } else {
        regimes.medium++;
        const smooth = (8192 / wavelength - 1) / (4 - 1);
        expected = ((1 - smooth) * frequency) / 8 + smooth * frequency;
      }
      expect(Math.abs(frequencies[i]! / expected - 1)).toBeLessThan(1e-12);
    }
    expect(regimes).toEqual({ short: 29, long: 29, medium: 6 });
  });

  it.each([true, false])('blends by component with YaRN (truncate: %s)', (truncate) => {
    const scaling = { ...SCALINGS.yarn, originalContext: 4096, betaFast: 32, betaSlow: 1, truncate };
    const plain = ropeFrequencies(64, { theta: 10_000 }).frequencies;
    const { frequencies, amplitude } = ropeFrequencies(64, { theta: 10_000, scaling });
    expect(amplitude).toBe(scaling.attentionFactor);
    // arXiv 2309.00071, equation 17 solved for d: component d turns r times in 4096 positions.
    const componentOf = (r: number): number =>
      (64 / 2) * (Math.log(4096 / (2 * Math.PI * r)) / Math.log(10_000));
    expect(componentOf(32)).toBeCloseTo(10.47, 2);
    expect(componentOf(1)).toBeCloseTo(22.51, 2);
    const [low, high] = truncate ? [10, 23] : [componentOf(32), componentOf(1)];
    for (const [i, frequency] of plain.entries()) {
      const interpolated = Math.min(1, Math.max(0, (i - low!) / (high! - low!)));
      const expected = (interpolated * frequency) / 4 + (1 - interpolated) * frequency;
      expect(Math.abs(frequencies[i]! / expected - 1)).toBeLessThan(1e-12);
    }
  });

  it('gives the blend some width where YaRN has none', () => {
    const scaling = { ...SCALINGS.yarn, originalContext: 1, betaFast: 2, betaSlow: 1 };
    const { frequencies } = ropeFrequencies(8, { theta: 10_000, scaling });
    expect([...frequencies].every((frequency) => Number.isFinite(frequency) && frequency > 0)).toBe(true);
  });
});

describe('ropeTable', () => {
  it('is the cosines and sines of the scaled angles, times the amplitude, rounded once', () => {
    for (const scaling of Object.values<RopeScaling>(SCALINGS)) {
      const { frequencies, amplitude } = ropeFrequencies(16, { theta: 500_000, scaling });
      const table = ropeTable(100, 16, { theta: 500_000, scaling });
      for (let i = 0; i < 8; i++) {
        const angle = 99 * frequencies[i]!;
        expect(table[99 * 16 + i]).toBe(Math.fround(amplitude * Math.cos(angle)));
        expect(table[99 * 16 + 8 + i]).toBe(Math.fround(amplitude * Math.sin(angle)));
      }
    }
  });
});

describe('validateRopeScaling', () => {
  it.each<[RopeScaling, string]>([
    [{ type: 'linear', factor: 0 }, 'RopeScaling: factor must be at least 1, but got 0'],
    [{ type: 'linear', factor: NaN }, 'factor must be at least 1, but got NaN'],
    [{ ...LLAMA_3_1, highFreqFactor: 1 }, 'highFreqFactor must be above lowFreqFactor 1, but got 1'],
    [{ ...LLAMA_3_1, originalContext: 0 }, 'originalContext must be a positive number, but got 0'],
    [{ ...SCALINGS.yarn, betaFast: 0.25 }, 'betaFast must be above betaSlow 0.5, but got 0.25'],
    [{ ...SCALINGS.yarn, attentionFactor: Infinity }, 'attentionFactor must be a positive number'],
    [{ type: 'dynamic', factor: 2 } as never, 'type must be linear, llama3 or yarn, but got dynamic'],
  ])('refuses %o', (scaling, message) => {
    expect(() => validateRopeScaling(scaling)).toThrow(message);
  });
  it('passes what is right', () => {
    for (const scaling of [...Object.values(SCALINGS), LLAMA_3_1]) {
      expect(() => validateRopeScaling(scaling)).not.toThrow();
    }
  });
});
