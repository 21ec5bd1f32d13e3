import {
  bcaInterval,
  effectiveClusters,
  expandedConfidence,
  percentileInterval,
} from '../bootstrap/intervals.ts';
import type { Interval } from '../bootstrap/intervals.ts';
import { residualPlan } from '../bootstrap/resample-plan.ts';
import type { ResamplePlan } from '../bootstrap/resample-plan.ts';
import { seedSpread } from '../data/average-seeds.ts';
import type { ScalingRecord } from '../data/scaling-record.ts';
import { chinchilla } from '../laws/chinchilla.ts';
import type { ScalingLaw } from '../laws/define-law.ts';
import type { ParameterValues } from '../laws/parameter.ts';
import { correlationsOf } from './correlations.ts';
import { selectFitData } from './fit-data.ts';
import type { FitData } from './fit-data.ts';
import type { FitOptions, ResolvedFitOptions } from './fit-options.ts';
import { assertFitOptions } from './fit-options.ts';
import type { FitResult, FittedParameter, InputRanges } from './fit-result.ts';
import type { FitProblem, FitWork, Solution } from './fit-work.ts';
import { HuberObjective } from './huber-objective.ts';
import { assertDetermined, assertEnoughSpread } from './identifiability.ts';
import { informationCriteria } from './information-criteria.ts';
import { negligibleParameters } from './negligible-parameters.ts';
import { compareRuns, relativeErrors } from './relative-error.ts';
import { HUBER_CONSTANT, residualScale } from './residual-scale.ts';
import { startGrid } from './start-grid.ts';

/** Pieces of work of one phase, which can be done in any order and by anyone. */
export interface FitStep {
  readonly phase: 'search' | 'bootstrap';
  readonly problem: FitProblem;
  readonly works: readonly FitWork[];
}

/** A fit as a sequence of steps; each is answered with the solutions of each piece of work. */
export type FitSteps<Result> = Generator<FitStep, Result, readonly (readonly Solution[])[]>;

/** How many of the best searches are carried to full precision. */
const POLISHED = 3;
/** Objectives this close, relatively, count as the same optimum. */
const SAME_OPTIMUM = 1e-3;
const STARTS_PER_WORK = 12;
const REFITS_PER_WORK = 50;
const DEFAULT_HUBER_DELTA = 1e-3;

/** The steps of `fitLaw`, whoever does the work. */
export function* fitSteps(
  law: ScalingLaw,
  records: readonly ScalingRecord[],
  options: FitOptions,
): FitSteps<FitResult> {
  const started = performance.now();
  const resolved = assertFitOptions(law, options);
  const data = yield* chooseData(law, records, resolved);
  const found = yield* findBest(data, resolved);
  const milliseconds = performance.now() - started;
  const { objective, best, warnings } = found;
  const values = objective.toParameters(best.theta);
  const bootstrapStarted = performance.now();
  const { replicates, failed, jackknife } = yield* bootstrap(data, found, resolved);
  if (failed > 0)
    warnings.push(`${failed} of ${resolved.resamples} resamples could not be fitted and are left out`);

  const parameters: Record<string, FittedParameter> = {};
  data.law.parameters.forEach(({ name }, p) => {
    const value = values[name]!;
    const column = (rows: readonly (readonly number[])[]): number[] => rows.map((row) => row[p]!);
    const [low, high] =
      replicates.length === 0
        ? [null, null]
        : intervalOf(value, column(replicates), column(jackknife), data, resolved);
    parameters[name] = { value, low, high };
  });
  const residuals = objective.residuals(best.theta);
  return {
    law: law.name,
    precision: data.precisions.length === 0 ? null : data.precisions.join(', '),
    baseline: data.baseline,
    logOf: resolved.logOf,
    parameters,
    ...relativeErrors(compareRuns(data, values)),
    objective: best.value,
    points: data.observations.length,
    inputs: inputRanges(data),
    huberDelta: objective.huberDelta,
    informationCriteria: informationCriteria(residuals, objective.weights, objective.size),
    correlations: correlationsOf(objective, best.theta, replicates),
    seedSpread: seedSpread(data.records),
    starts: found.starts,
    bootstrap: {
      resamples: resolved.resamples,
      resampling: resolved.resampling,
      intervals: resolved.intervals,
      confidence: resolved.confidence,
      clusters: clustersOf(data),
      seed: resolved.seed,
      replicates,
      milliseconds: performance.now() - bootstrapStarted,
    },
    milliseconds,
    warnings,
    definition: data.law.definition,
  };
}

function rangeOf(values: readonly number[]): [low: number, high: number] {
  return [Math.min(...values), Math.max(...values)];
}

function inputRanges({ observations }: FitData): InputRanges {
  const groups = observations.flatMap(({ G }) => (G === undefined ? [] : [G]));
  return {
    N: rangeOf(observations.map(({ N }) => N)),
    D: rangeOf(observations.map(({ D }) => D)),
    G: groups.length === 0 ? null : rangeOf(groups),
  };
}

function intervalOf(
  value: number,
  replicates: readonly number[],
  jackknife: readonly number[],
  data: FitData,
  { intervals, resampling, confidence }: ResolvedFitOptions,
): Interval {
  const isBca = intervals === 'bca';
  const clusters = isBca ? effectiveClusters(jackknife) : clustersOf(data);
  // Residuals are enlarged already; cases are not.
  const level = resampling === 'cases' ? expandedConfidence(confidence, clusters) : confidence;
  return isBca ? bcaInterval(replicates, value, jackknife, level) : percentileInterval(replicates, level);
}

function clustersOf({ strata }: FitData): number {
  return Math.min(...strata.map(({ length }) => length));
}

/** The records of a law, with a Chinchilla fit in place of missing twins. */
export function* chooseData(
  law: ScalingLaw,
  records: readonly ScalingRecord[],
  options: ResolvedFitOptions,
): FitSteps<FitData> {
  const selection = selectFitData(law, records, options);
  let next = selection.next();
  while (next.done !== true) {
    const base = yield* fitSteps(chinchilla, next.value, { resamples: 0 });
    const values: ParameterValues = Object.fromEntries(
      Object.entries(base.parameters).map(([name, { value }]) => [name, value]),
    );
    next = selection.next(values);
  }
  assertEnoughSpread('fitLaw', next.value.law, next.value.observations);
  return next.value;
}

interface Found {
  readonly objective: HuberObjective;
  readonly problem: FitProblem;
  readonly best: Solution;
  readonly starts: FitResult['starts'];
  readonly warnings: string[];
}

function* findBest(data: FitData, { huberDelta, starts }: ResolvedFitOptions): FitSteps<Found> {
  const { law, observations } = data;
  const first: FitProblem = {
    law: law.definition,
    observations,
    huberDelta: huberDelta === 'auto' ? DEFAULT_HUBER_DELTA : huberDelta,
  };
  const grid = startGrid(new HuberObjective(law, observations, first.huberDelta), starts);
  const searches = yield* search(first, grid, false);
  const leaders = searches.slice(0, POLISHED).map(({ theta }) => theta);
  let problem = first;
  let polished = yield* search(problem, leaders, true);
  if (polished[0] === undefined) {
    throw new RangeError(
      `fitLaw: a start of the grid of law ${law.name} must be finite, but all overflow; pass others`,
    );
  }
  if (huberDelta === 'auto') {
    const objective = new HuberObjective(law, observations, first.huberDelta);
    const scale = residualScale(objective.residuals(polished[0].theta), objective.size);
    problem = { ...first, huberDelta: Math.max(DEFAULT_HUBER_DELTA, HUBER_CONSTANT * scale) };
    polished = yield* search(problem, leaders, true);
  }
  const best = polished[0]!;
  const objective = new HuberObjective(law, observations, problem.huberDelta);
  const warnings = negligibleParameters(objective, best.theta);
  // A coefficient at zero leaves what it multiplies undetermined, which the warning says already.
  if (warnings.length === 0) assertDetermined('fitLaw', law, objective, best.theta);
  if (!best.converged)
    warnings.push('the optimizer stopped at its limit of iterations, before it had converged');
  const threshold = searches[0]!.value * (1 + SAME_OPTIMUM) + 1e-20;
  return {
    objective,
    problem,
    best,
    starts: {
      count: grid.length,
      reachedBest: searches.filter(({ value }) => value <= threshold).length,
    },
    warnings,
  };
}

/** Minimizes from all starts; the finite solutions, best first. */
function* search(
  problem: FitProblem,
  starts: readonly Float64Array[],
  precise: boolean,
): FitSteps<Solution[]> {
  const works: FitWork[] = chunks(starts.length, STARTS_PER_WORK).map(([from, to]) => ({
    kind: 'search',
    starts: starts.slice(from, to),
    precise,
  }));
  const solutions = yield { phase: 'search', problem, works };
  return solutions
    .flat()
    .filter(({ value }) => Number.isFinite(value))
    .toSorted((a, b) => a.value - b.value);
}

function* bootstrap(
  data: FitData,
  { objective, problem, best }: Found,
  { resamples, resampling, intervals, seed }: ResolvedFitOptions,
): FitSteps<{ replicates: number[][]; failed: number; jackknife: number[][] }> {
  if (resamples === 0) return { replicates: [], failed: 0, jackknife: [] };
  const { theta } = best;
  const plan: ResamplePlan =
    resampling === 'cases'
      ? { method: 'cases', strata: data.strata, seed }
      : residualPlan(objective, theta, data.strata, seed);
  const works: FitWork[] = chunks(resamples, REFITS_PER_WORK).map(([from, to]) => ({
    kind: 'resample',
    best: theta,
    plan,
    from,
    to,
  }));
  if (intervals === 'bca') works.push({ kind: 'leaveOut', best: theta, groups: data.strata.flat() });
  const solutions = yield { phase: 'bootstrap', problem, works };
  const rows = (list: readonly Solution[]): number[][] =>
    list
      .filter((solution) => Number.isFinite(solution.value))
      .map((solution) => Object.values(objective.toParameters(solution.theta)));
  const jackknife = intervals === 'bca' ? rows(solutions.at(-1)!) : [];
  const replicates = rows((intervals === 'bca' ? solutions.slice(0, -1) : solutions).flat());
  return { replicates, failed: resamples - replicates.length, jackknife };
}

/** `[from, to)` of consecutive pieces of at most `size`. */
function chunks(count: number, size: number): [from: number, to: number][] {
  return Array.from({ length: Math.ceil(count / size) }, (_, i) => [
    i * size,
    Math.min(count, (i + 1) * size),
  ]);
}
