import type { OperandExperiment } from './experiment.ts';
import type { PaperContext } from './paper-context.ts';
import { planRun } from './run-plan.ts';
import type { RunPlan } from './run-plan.ts';

/** The runs whose models an experiment looks at: one recipe with every seed. */
export function operandPlans({ recipe }: OperandExperiment, context: PaperContext): RunPlan[] {
  const { settings, text, runsDir } = context;
  return settings.seeds.map((seed) => planRun(settings, text, runsDir, { recipe, seed }));
}
