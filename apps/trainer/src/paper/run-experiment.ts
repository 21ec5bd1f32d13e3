import type { Experiment } from './experiment.ts';
import { runHistograms } from './histograms.ts';
import { lossPlans, runLossExperiment } from './loss-experiment.ts';
import { operandPlans } from './operand-plans.ts';
import type { ExperimentFiles, PaperContext } from './paper-context.ts';
import type { RunPlan } from './run-plan.ts';
import { runSpeedModel } from './speed-model.ts';
import { runQatFc2 } from './qat/fc2-input.ts';
import { runQatFormats } from './qat/formats.ts';
import { runQatLaw } from './qat/law.ts';
import { runQatParts } from './qat/error-parts.ts';
import { qatPlans } from './qat/grid-plans.ts';
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
      return qatPlans(experiment, context);
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
    case 'qat-law':
      return runQatLaw(experiment, context);
    case 'qat-parts':
      return runQatParts(experiment, context);
    case 'qat-fc2':
      return runQatFc2(experiment, context);
    case 'qat-formats':
      return runQatFormats(experiment, context);
    default:
      return experiment satisfies never;
  }
}
