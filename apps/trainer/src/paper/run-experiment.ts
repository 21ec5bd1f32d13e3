import type { Experiment } from './experiment.ts';
import { lossPlans, runLossExperiment } from './loss-experiment.ts';
import type { ExperimentFiles, PaperContext } from './paper-context.ts';
import type { RunPlan } from './run-plan.ts';

/** The training runs that an experiment needs. */
export function plansOf(experiment: Experiment, context: PaperContext): RunPlan[] {
  switch (experiment.kind) {
    case 'loss':
      return lossPlans(experiment, context);
    default:
      return [];
  }
}

/**
 * Computes an experiment whose runs are finished.
 *
 * @throws Error when a run is not finished
 */
export async function runExperiment(experiment: Experiment, context: PaperContext): Promise<ExperimentFiles> {
  switch (experiment.kind) {
    case 'loss':
      return runLossExperiment(experiment, context);
    default:
      throw new Error('TODO');
  }
}
