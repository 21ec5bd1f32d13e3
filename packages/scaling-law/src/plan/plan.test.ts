import { describe, expect, it } from 'vitest';
import { fitLaw } from '../fit/fit-law.ts';
import { gridPoints, simulateRecords } from '../data/simulate-records.ts';
import { chinchillaConstants, qatDeltaConstants } from '../laws/published.ts';
import { qat } from '../laws/qat-law.ts';
import { computeOptimal } from '../predict/compute-optimal.ts';
import { predictLoss } from '../predict/predict.ts';
import { defaultCostModel, inferenceFlops, trainingFlops, weightBytes } from './cost-model.ts';
import { planLawsOfFit } from './laws-of-fit.ts';
import { planTraining } from './plan-training.ts';

const base = chinchillaConstants.qat;

describe('the cost model', () => {
  it('counts the weights with their scales', () => {
    expect(weightBytes(1e9, { precision: 'w4a4', G: 32 }, defaultCostModel)).toBeCloseTo((1e9 * 4.5) / 8, 0);
    expect(weightBytes(1e9, { precision: 'bf16' }, defaultCostModel)).toBe(2e9);
    expect(weightBytes(1e9, { precision: 'w16a4', G: 32 }, defaultCostModel)).toBe(2e9);
    const model = { ...defaultCostModel, embeddingParameters: () => 1e8 };
    expect(weightBytes(1e9, { precision: 'bf16' }, model)).toBe(2.2e9);
  });

  it('counts the wider operand, and FC2 apart', () => {
    const cost = (precision: string): number => inferenceFlops(1, { precision, G: 32 }, defaultCostModel) / 2;
    expect(cost('w4a4')).toBe(1 / 4);
    expect(cost('w4a16')).toBe(1);
    expect(cost('w4a4-fc2-8bit')).toBeCloseTo(0.75 / 4 + 0.25 / 2, 14);
  });

  it('trains at the price of 16 bits, unless it trains in the precision', () => {
    const run = { N: 1e9, D: 1e10, precision: 'w4a4', G: 32 };
    expect(trainingFlops(run, defaultCostModel)).toBe(6e19);
    const native = { ...defaultCostModel, trainsInPrecision: true };
    expect(trainingFlops(run, native)).toBeCloseTo((6e19 * (1 / 4 + 2 / 2)) / 3, -6);
    expect(trainingFlops({ ...run, precision: 'bf16' }, native)).toBe(6e19);
  });
});

describe('planTraining', () => {
  it('finds the closed-form optimum of Chinchilla in high precision', () => {
    const [plan] = planTraining({ compute: 1e21, precisions: ['bf16'] });
    const { N, D } = computeOptimal(base, 1e21);
    expect(plan!.N / N).toBeCloseTo(1, 4);
    expect(plan!.D / D).toBeCloseTo(1, 4);
    expect(plan!.trainingFlops).toBeCloseTo(1e21, -12);
  });

  it('no neighbour of a plan within the limits has less loss', () => {
    const limits = { compute: 1e21, memory: 3e8, precisions: ['w4a4'], groupSizes: [64] };
    const [plan] = planTraining(limits);
    expect(plan!.weightBytes).toBeLessThanOrEqual(3e8 * (1 + 1e-9));
    for (const factor of [0.9, 0.99, 1.01, 1.1]) {
      const N = plan!.N * factor;
      const tokens = 1e21 / (6 * N);
      if ((N * 4.25) / 8 > 3e8) continue;
      expect(predictLoss({ N, D: tokens, G: 64 }, base, qatDeltaConstants.w4a4)).toBeGreaterThanOrEqual(
        plan!.loss,
      );
    }
  });

  it('prefers four bits and more parameters where memory is short, and 16 where it is not', () => {
    expect(planTraining({ compute: 1e21, memory: 3e8 })[0]!.precision).toMatch(/^w4/);
    expect(planTraining({ compute: 1e21 })[0]!.precision).toBe('bf16');
  });

  it('stops before more tokens would raise the loss', () => {
    const [plan] = planTraining({ compute: 1e30, N: 1e6, precisions: ['w4a16'], groupSizes: [32] });
    expect(plan!.trainingFlops).toBeLessThan(1e30);
    const at = (D: number): number => predictLoss({ N: 1e6, D, G: 32 }, base, qatDeltaConstants.w4a16);
    expect(at(plan!.D * 1.05)).toBeGreaterThan(plan!.loss);
    expect(at(plan!.D / 1.05)).toBeGreaterThan(plan!.loss);
  });

  it('reaches a loss as cheaply as it can', () => {
    const [plan] = planTraining({ loss: 2.6, precisions: ['bf16'] });
    expect(plan!.loss).toBeCloseTo(2.6, 9);
    // The cheapest way to a loss is the best way to spend that compute.
    const optimum = computeOptimal(base, plan!.trainingFlops);
    expect(predictLoss(optimum, base)).toBeCloseTo(2.6, 6);
  });

  it('makes the smallest weights that reach a loss within a budget', () => {
    const plans = planTraining({ loss: 2.65, compute: 3e21 });
    const bytes = plans.map((plan) => plan.weightBytes);
    expect(bytes).toEqual(bytes.toSorted((a, b) => a - b));
    for (const plan of plans) {
      expect(plan.loss).toBeLessThanOrEqual(2.65 + 1e-9);
      expect(plan.trainingFlops).toBeLessThanOrEqual(3e21 * (1 + 1e-9));
    }
    expect(plans[0]!.precision).not.toBe('bf16');
  });

  it('says where it extrapolates', () => {
    const [plan] = planTraining({ N: 3e8, D: 5e10, precisions: ['w4a4'], groupSizes: [64] });
    expect(plan!.extrapolates).toEqual([]);
    expect(
      planTraining({ N: 7e10, D: 2e12, precisions: ['w4a4'], groupSizes: [16] })[0]!.extrapolates,
    ).toEqual(['N', 'D', 'G']);
  });

  it('does not count what predicted the published law without being fitted', () => {
    expect(planTraining({ N: 9.73e8, D: 2e11, precisions: ['bf16'] })[0]!.extrapolates).toEqual(['N', 'D']);
    // 100 billion tokens are the last that were fitted, also where they are compute over size.
    expect(planTraining({ N: 5.95e8, compute: 3.57e20, precisions: ['bf16'] })[0]!.extrapolates).toEqual([]);
  });

  it.each([
    [{ memory: 1e9 }, /something must limit the tokens/],
    [{ D: 1e10 }, /something must limit the size/],
    [{ compute: -1 }, /compute must be a positive number, but got -1/],
    [{ compute: 1e20, precisions: ['w2a2'] }, /precisions must be of bf16, w4a4, .* but got w2a2/],
    [{ compute: 1e20, groupSizes: [1] }, /group sizes must be 2 at least, but got 1/],
    [{ loss: 1.9 }, /none does; raise compute/],
    [{ compute: 1e20, N: 1e9, memory: 1e6 }, /none does/],
    [{ compute: 1e20, memory: 1000 }, /none does/],
    [{ compute: 1e20, inference: 1000 }, /none does/],
  ])('refuses %o', (query, message) => {
    expect(() => planTraining(query)).toThrow(message);
  });
});

describe('planLawsOfFit', () => {
  const points = gridPoints([1e8, 3e8, 9e8], [1e10, 3e10, 9e10], [undefined, 32, 256]);
  const records = simulateRecords(points, { base, delta: qatDeltaConstants.w4a4 });

  it('takes the laws from a fit', () => {
    const laws = planLawsOfFit(fitLaw(qat, records, { resamples: 0 }));
    expect(laws.base.beta).toBeCloseTo(base.beta, 9);
    expect(laws.deltas['w4a4']!.gammaG).toBeCloseTo(qatDeltaConstants.w4a4.gammaG, 9);
    const own = planTraining({ compute: 1e21, memory: 3e8, laws, precisions: ['w4a4'] });
    const published = planTraining({ compute: 1e21, memory: 3e8, precisions: ['w4a4'] });
    expect(own[0]!.loss).toBeCloseTo(published[0]!.loss, 8);
  });

  it('says where one extrapolates from the runs of the fit', () => {
    const small = simulateRecords(gridPoints([1e5, 3e5, 9e5], [1e7, 3e7, 9e7], [undefined, 8, 16, 32]), {
      base,
      delta: qatDeltaConstants.w4a4,
    });
    const laws = planLawsOfFit(fitLaw(qat, small, { resamples: 0 }));
    expect(laws.inputs).toEqual({ N: [1e5, 9e5], D: [1e7, 9e7], G: [8, 32] });
    const beyond = (N: number, D: number, G: number): readonly string[] =>
      planTraining({ N, D, laws, precisions: ['w4a4'], groupSizes: [G] })[0]!.extrapolates;
    expect(beyond(1e5, 9e7, 8)).toEqual([]);
    expect(beyond(3e8, 5e10, 64)).toEqual(['N', 'D', 'G']);
    expect(beyond(9e4, 9e6, 4)).toEqual(['N', 'D', 'G']);
  });

  it('refuses a fit of another law', () => {
    expect(() => planLawsOfFit({ law: 'qat-delta', precision: 'w4a4', parameters: {} })).toThrow(
      /must be of law qat, .* but is of qat-delta, which has no alpha/,
    );
  });

  it('refuses a stored fit that does not say where its runs lie', () => {
    const { inputs: _, ...old } = fitLaw(qat, records, { resamples: 0 });
    expect(() => planLawsOfFit(old)).toThrow(/must say where its runs lie .*; fit the runs again/);
  });
});
