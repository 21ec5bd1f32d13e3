import { describe, expect, it } from 'vitest';
import { HuberObjective } from './huber-objective.ts';
import { priorDeltaLaw } from '../laws/prior-law.ts';
import { chinchillaConstants, qatDeltaConstants } from '../laws/published.ts';
import { qat } from '../laws/qat-law.ts';
import { withLevels } from '../laws/define-law.ts';
import type { ScalingLaw } from '../laws/define-law.ts';
import { gridPoints } from '../data/simulate-records.ts';

const { beta: _, ...tied } = chinchillaConstants.qat;
const values = { ...tied, ...qatDeltaConstants.w4a4 };
const points = gridPoints([7e7, 3e8, 6e8], [1e10, 1e11], [undefined, 32, 256]);

/** Observations a given log residual below the predictions, alternating in sign. */
function observe(
  law: ScalingLaw,
  parameters: Record<string, number>,
  residual: number,
  delta = 1e-3,
): HuberObjective {
  const observations = points
    .filter(({ G }) => law.predicts === 'loss' || G !== undefined)
    .map((point, i) => ({
      N: point.N,
      D: point.D,
      G: point.G,
      observed: law.predict(parameters, point) * Math.exp(i % 2 === 0 ? residual : -residual),
    }));
  return new HuberObjective(law, observations, delta);
}

describe('HuberObjective', () => {
  it('is half the squared residual inside huberDelta and linear outside', () => {
    const inside = observe(qat, values, 4e-4);
    const theta = inside.fromParameters(values);
    const gradient = new Float64Array(theta.length);
    expect(inside.evaluate(theta, gradient)).toBeCloseTo((points.length * 4e-4 ** 2) / 2, 15);
    const outside = observe(qat, values, 5e-3);
    expect(outside.evaluate(theta, gradient)).toBeCloseTo(points.length * 1e-3 * (5e-3 - 5e-4), 13);
  });

  it.each([
    { name: 'qat', law: qat, parameters: values },
    {
      name: 'prior-delta',
      law: withLevels(priorDeltaLaw(tied), { G: [32, 256] }),
      parameters: { 'eff[32]': 0.75, 'eff[256]': 0.6 },
    },
  ])('has the gradient of central differences for $name', ({ law, parameters }) => {
    for (const residual of [4e-4, 0.05]) {
      const objective = observe(law, parameters, residual, residual > 1e-3 ? 0.01 : 1e-3);
      // Away from the minimum, so that no component is zero.
      const theta = objective.fromParameters(parameters).map((value, p) => value + 1e-3 * ((p % 3) + 1));
      const gradient = new Float64Array(theta.length);
      const scratch = new Float64Array(theta.length);
      objective.evaluate(theta, gradient);
      theta.forEach((value, p) => {
        const step = 1e-7;
        const up = objective.evaluate(theta.with(p, value + step), scratch);
        const down = objective.evaluate(theta.with(p, value - step), scratch);
        const scale = Math.max(...gradient.map(Math.abs));
        expect(Math.abs((up - down) / (2 * step) - gradient[p]!)).toBeLessThan(1e-5 * scale);
      });
    }
  });

  it('takes parameters to coordinates and back', () => {
    const objective = observe(qat, values, 0);
    const back = objective.toParameters(objective.fromParameters(values));
    for (const [name, value] of Object.entries(values)) expect(back[name]! / value).toBeCloseTo(1, 12);
  });

  it('counts an observation as often as its weight says', () => {
    const objective = observe(qat, values, 4e-4);
    const theta = objective.fromParameters(values);
    const gradient = new Float64Array(theta.length);
    objective.weights.fill(0);
    objective.weights[3] = 3;
    expect(objective.evaluate(theta, gradient)).toBeCloseTo((3 * 4e-4 ** 2) / 2, 15);
  });

  it('has the Gauss–Newton matrix as Hessian at a perfect fit, bounded by it with robust weights', () => {
    const objective = observe(qat, values, 0);
    const theta = objective.fromParameters(values);
    const matrix = objective.gaussNewton(theta, false);
    const { size } = objective;
    const [up, down] = [new Float64Array(size), new Float64Array(size)];
    for (let p = 0; p < size; p++) {
      objective.evaluate(theta.with(p, theta[p]! + 1e-6), up);
      objective.evaluate(theta.with(p, theta[p]! - 1e-6), down);
      for (let q = 0; q < size; q++) {
        expect((up[q]! - down[q]!) / 2e-6).toBeCloseTo(matrix[p * size + q]!, 5);
      }
    }
    const far = observe(qat, values, 5e-3);
    const plain = far.gaussNewton(theta, false);
    far.gaussNewton(theta, true).forEach((entry, i) => expect(entry).toBeCloseTo(plain[i]! / 5, 10));
  });
});
