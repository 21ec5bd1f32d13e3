import { basename } from 'node:path';
import type { Experiment } from './experiment.ts';
import { commandOf } from './paper-context.ts';
import type { PaperContext } from './paper-context.ts';
import type { RunResult } from './run-result.ts';

/** Where a row of a CSV comes from. */
export interface Provenance {
  readonly recipe: string;
  readonly seed: number;
  readonly model: string;
  readonly learningRate: number;
  readonly backend: string;
  readonly adapter: string;
  /** As `name version; name version`. */
  readonly versions: string;
  /** Name of the run's folder, wherever that lies. */
  readonly run: string;
  readonly command: string;
}

/** Returns where the rows of a run come from. */
export function provenanceOf(
  { plan, backend, adapter, versions }: RunResult,
  context: PaperContext,
  experiment: Experiment,
): Provenance {
  return {
    recipe: plan.recipe,
    seed: plan.seed,
    model: plan.config.model,
    learningRate: plan.config.learningRate,
    backend,
    adapter,
    versions: Object.entries(versions)
      .map(([name, version]) => `${name} ${version}`)
      .join('; '),
    run: basename(plan.dir),
    command: commandOf(experiment, context),
  };
}
