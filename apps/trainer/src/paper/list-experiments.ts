import { existsSync } from 'node:fs';
import { join } from 'node:path';
import pc from 'picocolors';
import { findModel, flopsPerToken } from '@nibble-ml/llama';
import { duration } from '../training/duration.ts';
import type { Experiment } from './experiment.ts';
import { experiments } from './experiments.ts';
import type { PaperContext } from './paper-context.ts';
import { plansOf } from './run-experiment.ts';
import { uniquePlans } from './run-plan.ts';
import type { RunPlan } from './run-plan.ts';
import { readRunResult } from './run-result.ts';
import { runStateOf } from '../many-runs/run-state.ts';
import { tokensOf } from '../sweep/run-identity.ts';

/** What `nibble paper --list` says of an experiment. */
export interface ListedExperiment {
  readonly id: string;
  readonly title: string;
  readonly paper: string;
  readonly runs: number;
  readonly finishedRuns: number;
  /** Estimate for the runs that are left, one at a time; runs that another experiment shares count for both. */
  readonly secondsLeft: number;
  /** Whether the seconds rest on runs of this scale that finished here, or on a processor of medium speed. */
  readonly measured: boolean;
  /** The stored section, where there is one. */
  readonly stored: string | null;
}

/** What a core of a server does with all included, as measured with `tiny`: good for an estimate, not for a claim. */
const FLOPS_PER_SECOND = 15e9;

/** Returns all experiments with what they would take here and what is stored. */
export function listExperiments(context: PaperContext): ListedExperiment[] {
  const plansById = new Map(experiments.map((experiment) => [experiment.id, plansOf(experiment, context)]));
  const measured = measuredRate(uniquePlans([...plansById.values()].flat()));
  return experiments.map(({ id, title, paper }: Experiment) => {
    const plans = plansById.get(id)!;
    const unfinished = plans.filter((plan) => {
      const { status } = runStateOf(plan);
      return status !== 'finished' && status !== 'diverged';
    });
    const path = join(context.outDir, `${id}.md`);
    return {
      id,
      title,
      paper,
      runs: plans.length,
      finishedRuns: plans.length - unfinished.length,
      secondsLeft: sum(unfinished.map(flopsOf)) / (measured ?? FLOPS_PER_SECOND),
      measured: measured !== undefined,
      stored: existsSync(path) ? path : null,
    };
  });
}

/** What a person reads of an experiment in the list. */
export function describeListed(row: ListedExperiment): string {
  const { id, title, paper, runs, finishedRuns, secondsLeft, measured, stored } = row;
  const left =
    runs === finishedRuns
      ? 'seconds'
      : `about ${duration(secondsLeft)} on one core${measured ? ', by the runs that finished here' : ''}`;
  const trained = runs === 0 ? 'no training' : `${finishedRuns} of ${runs} training runs finished`;
  return [
    `${pc.bold(id.padEnd(12))} ${title}`,
    `  the paper  ${paper}`,
    `  here       ${trained}, ${left} to go`,
    `  stored     ${stored ?? 'nothing'}`,
  ].join('\n');
}

/** FLOPs per second of the runs that finished here. */
function measuredRate(plans: readonly RunPlan[]): number | undefined {
  const finished = plans.filter((plan) => runStateOf(plan).status === 'finished');
  if (finished.length === 0) return undefined;
  const seconds = finished.map((plan) => readRunResult(plan).stepSeconds.median * plan.config.steps);
  return sum(finished.map(flopsOf)) / sum(seconds);
}

/** Of training alone, without evaluations. */
function flopsOf({ config }: RunPlan): number {
  const model = { ...findModel(config.model), vocabSize: config.vocabSize };
  return tokensOf(config) * flopsPerToken(model, config.context);
}

const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);
