import type { ResamplePlan } from '../bootstrap/resample-plan.ts';
import { drawResample } from '../bootstrap/draw-resample.ts';
import { defineLaw } from '../laws/define-law.ts';
import type { LawDefinition } from '../laws/define-law.ts';
import { minimizeBfgs } from '../statistics/bfgs.ts';
import type { BfgsOptions } from '../statistics/bfgs.ts';
import { regularizedInverse } from '../statistics/cholesky.ts';
import { HuberObjective } from './huber-objective.ts';
import type { Observation } from './huber-objective.ts';

/** A fit without its starts: data alone, so that a worker can be sent it. */
export interface FitProblem {
  readonly law: LawDefinition;
  readonly observations: readonly Observation[];
  readonly huberDelta: number;
}

/** One solution of a minimization. */
export interface Solution {
  readonly theta: Float64Array;
  readonly value: number;
  /** Whether it ended before the limit of iterations. */
  readonly converged: boolean;
}

/** A piece of a fit that stands by itself: any worker can do it, with the same result to the bit. */
export type FitWork =
  /** Minimizes from each start. */
  | { readonly kind: 'search'; readonly starts: readonly Float64Array[]; readonly precise: boolean }
  /** Refits the resamples of these numbers, from the fit to all data. */
  | {
      readonly kind: 'resample';
      readonly best: Float64Array;
      readonly plan: ResamplePlan;
      readonly from: number;
      readonly to: number;
    }
  /** Refits without each of these groups of observations, from the fit to all data. */
  | {
      readonly kind: 'leaveOut';
      readonly best: Float64Array;
      readonly groups: readonly (readonly number[])[];
    };

const SEARCH: BfgsOptions = { relativeTolerance: 1e-4, maxIterations: 200 };
const PRECISE: BfgsOptions = { relativeTolerance: 1e-14, maxIterations: 500 };
/** A refit starts at the fit to all data, so few iterations are needed. */
const REFIT: BfgsOptions = { relativeTolerance: 1e-6, maxIterations: 200 };

/** The objective of a problem. */
export function objectiveOf({ law, observations, huberDelta }: FitProblem): HuberObjective {
  return new HuberObjective(defineLaw(law), observations, huberDelta);
}

/** Does a piece of work. The objective is left as it was. */
export function performWork(objective: HuberObjective, work: FitWork): Solution[] {
  switch (work.kind) {
    case 'search':
      return work.starts.map((start) => minimizeFrom(objective, start, work.precise ? PRECISE : SEARCH));
    case 'resample':
      return refitEach(objective, work.best, work.to - work.from, (offset) => {
        drawResample(objective, work.plan, work.from + offset);
      });
    case 'leaveOut':
      return refitEach(objective, work.best, work.groups.length, (position) => {
        for (const index of work.groups[position]!) objective.weights[index] = 0;
      });
  }
}

function minimizeFrom(objective: HuberObjective, start: Float64Array, options: BfgsOptions): Solution {
  const inverseHessian = regularizedInverse(objective.gaussNewton(start, true), objective.size, 1e-9);
  const { x, value, iterations } = minimizeBfgs(objective.evaluate, start, inverseHessian, options);
  return { theta: x, value, converged: iterations < options.maxIterations };
}

function refitEach(
  objective: HuberObjective,
  best: Float64Array,
  count: number,
  prepare: (position: number) => void,
): Solution[] {
  const weights = Float64Array.from(objective.weights);
  const logObserved = Float64Array.from(objective.logObserved);
  const inverseHessian = regularizedInverse(objective.gaussNewton(best, true), objective.size, 1e-9);
  try {
    return Array.from({ length: count }, (_, position) => {
      objective.weights.set(weights);
      objective.logObserved.set(logObserved);
      prepare(position);
      const { x, value, iterations } = minimizeBfgs(objective.evaluate, best, inverseHessian, REFIT);
      return { theta: x, value, converged: iterations < REFIT.maxIterations };
    });
  } finally {
    objective.weights.set(weights);
    objective.logObserved.set(logObserved);
  }
}
