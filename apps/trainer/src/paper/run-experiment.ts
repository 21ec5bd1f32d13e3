import type { Experiment } from './experiment.ts';
import { runHistograms } from './histograms.ts';
import { lossPlans, runLossExperiment } from './loss-experiment.ts';
import { operandPlans } from './operand-plans.ts';
import type { ExperimentFiles, PaperContext } from './paper-context.ts';
import type { RunPlan } from './run-plan.ts';
import { runSpeedModel } from './speed-model.ts';
import { runTable1 } from './table1.ts';

/** The training runs that an experiment needs. */
export function plansOf(experiment: Experiment, context: PaperContext): RunPlan[] {
  switch (experiment.kind) {
    case 'loss':
      return lossPlans(experiment, context);
    case 'table1':
      return operandPlans(experiment, context);
    case 'histograms':
      return operandPlans(experiment, context).slice(0, 1);
    case 'speed-model':
      return [];
    default:
      return experiment satisfies never;
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
    case 'table1':
      return runTable1(experiment, context);
    case 'histograms':
      return runHistograms(experiment, context);
    case 'speed-model':
      return runSpeedModel(experiment, context);
    default:
      return experiment satisfies never;
  }
}
