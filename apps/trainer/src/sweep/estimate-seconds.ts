import { findModel, flopsPerToken } from '@nibble-ml/llama';
import { factsOf } from '../report/report-run.ts';
import { loadReportRun } from '../report/load-report-run.ts';
import { tokensOf, tokensPerStep } from './run-identity.ts';
import type { SweepRun } from './plan-sweep.ts';
import type { SweepRunState } from './sweep-state.ts';

/** What a core of a server does with all included, as measured with `tiny`: good for an estimate, not for a claim. */
const FLOPS_PER_SECOND = 15e9;

/** What is left of a sweep. */
export interface SweepEstimate {
  /** Tokens that are left to train on. */
  readonly tokens: number;
  /** Seconds with one run at a time. */
  readonly seconds: number;
  /** Whether the seconds rest on runs of the sweep that finished here, or on a processor of medium speed. */
  readonly isMeasured: boolean;
}

/**
 * Estimates what is left of a sweep: FLOPs at the speed of its finished runs of the same model and recipe, else of the
 * same model, else of all.
 */
export function estimateSeconds(states: readonly SweepRunState[]): SweepEstimate {
  const speeds = states.filter(({ status }) => status === 'finished').map(({ run }) => speedOf(run));
  const speedFor = ({ config: { model, recipe } }: SweepRun): number => {
    const sameModel = speeds.filter((speed) => speed.model === model);
    const same = sameModel.filter((speed) => speed.recipe === recipe);
    const nearest = [same, sameModel, speeds].find(({ length }) => length > 0);
    if (nearest === undefined) return FLOPS_PER_SECOND;
    return sum(nearest.map(({ flops }) => flops)) / sum(nearest.map(({ seconds }) => seconds));
  };
  const open = states.filter(({ status }) => status !== 'finished' && status !== 'diverged');
  const left = open.map(({ run, step }) => ({
    tokens: (run.config.steps - step) * tokensPerStep(run.config),
    run,
  }));
  return {
    tokens: sum(left.map(({ tokens }) => tokens)),
    seconds: sum(left.map(({ tokens, run }) => (tokens * flopsOfToken(run)) / speedFor(run))),
    isMeasured: speeds.length > 0,
  };
}

function speedOf(run: SweepRun): { model: string; recipe: string; flops: number; seconds: number } {
  const { model, recipe } = run.config;
  const { seconds } = factsOf(loadReportRun(run.dir));
  return { model, recipe, flops: tokensOf(run.config) * flopsOfToken(run), seconds };
}

function flopsOfToken({ config: { model, vocabSize, context } }: SweepRun): number {
  return flopsPerToken({ ...findModel(model), vocabSize }, context);
}

const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);
