import { describe, expect, it } from 'vitest';
import { chinchilla } from '../laws/chinchilla.ts';
import { chinchillaConstants } from '../laws/published.ts';
import { computeOptimal } from '../predict/compute-optimal.ts';
import { isoflopBias } from './isoflop-bias.ts';
import { ISOFLOP_BIAS, isoflopFit } from './isoflop-fit.ts';
import { fitParabola } from './polynomial-fit.ts';

const { hoffmann } = chinchillaConstants;
const symmetric = { ...hoffmann, beta: hoffmann.alpha };

/** Sizes from 1/range to range times the optimum, times a shift, at each budget. */
function design(
  law: typeof hoffmann,
  range: number,
  shift = 1,
): { N: number; D: number; precision: string; loss: number }[] {
  return [1e19, 1e20, 1e21].flatMap((flops) =>
    [-1, -0.5, 0, 0.5, 1].map((step) => {
      const N = shift * computeOptimal(law, flops).N * range ** step;
      const point = { N, D: flops / (6 * N) };
      return { N, D: point.D, precision: 'bf16', loss: chinchilla.predict(law, point) };
    }),
  );
}

describe('fitParabola', () => {
  it('goes through three points', () => {
    const { center, minimum, curvature } = fitParabola(
      [1, 2, 4],
      [5, 3, 11].map((y) => y),
    );
    for (const [x, y] of [
      [1, 5],
      [2, 3],
      [4, 11],
    ] as const) {
      expect(minimum + curvature * (x - center) ** 2).toBeCloseTo(y, 10);
    }
  });
});

describe('isoflopFit', () => {
  it('finds the optimum of a symmetric law whose sizes lie around it', () => {
    const fit = isoflopFit(design(symmetric, 3));
    expect(fit.sizeExponent).toBeCloseTo(0.5, 6);
    expect(fit.curves).toHaveLength(3);
    for (const { flops, optimum } of fit.curves) {
      expect(optimum.N / computeOptimal(symmetric, flops).N).toBeCloseTo(1, 6);
    }
    expect(fit.warnings).toEqual([ISOFLOP_BIAS]);
  });

  it('says when the lowest point is outside of the runs', () => {
    expect(isoflopFit(design(hoffmann, 3, 8)).warnings.join()).toMatch(/3 budgets lies outside/);
  });

  it('needs two budgets of three sizes', () => {
    expect(() => isoflopFit(design(hoffmann, 3).slice(0, 5))).toThrow(
      /the data have 1; add runs whose sizes/,
    );
    expect(() => isoflopFit([])).toThrow(/the data have 0/);
  });
});

describe('isoflopBias', () => {
  it('is nothing for a symmetric law, and grows with the range of sizes for another', () => {
    const bias = (law: typeof hoffmann, range: number): number =>
      Math.max(
        ...isoflopBias(law, design(law, range)).sizeRatios.map(({ ratio }) => Math.abs(Math.log(ratio))),
      );
    expect(bias(symmetric, 4)).toBeLessThan(1e-6);
    expect(bias(hoffmann, 2)).toBeGreaterThan(1e-4);
    expect(bias(hoffmann, 8)).toBeGreaterThan(3 * bias(hoffmann, 2));
  });

  it('moves the exponent where the sizes drift away from the optimum', () => {
    const drifting = [1e19, 1e20, 1e21].flatMap((flops, i) =>
      design(hoffmann, 3, 1 + 0.8 * i).filter(({ N, D }) => Math.abs((6 * N * D) / flops - 1) < 0.01),
    );
    const { trueSizeExponent, fittedSizeExponent } = isoflopBias(hoffmann, drifting);
    expect(trueSizeExponent).toBeCloseTo(0.28 / 0.62, 12);
    expect(Math.abs(fittedSizeExponent - trueSizeExponent)).toBeGreaterThan(0.001);
  });
});

describe('computeOptimal', () => {
  it('spends the budget where no other size has less loss', () => {
    const { N, D } = computeOptimal(hoffmann, 1e21);
    expect(6 * N * D).toBeCloseTo(1e21, -8);
    const at = (size: number): number => chinchilla.predict(hoffmann, { N: size, D: 1e21 / (6 * size) });
    expect(at(N * 1.01)).toBeGreaterThan(at(N));
    expect(at(N / 1.01)).toBeGreaterThan(at(N));
    expect(() => computeOptimal(hoffmann, 0)).toThrow(/flops must be a positive number, but got 0/);
  });
});
