import type { QatExperiment } from '../experiment.ts';
import type { PaperContext } from '../paper-context.ts';
import { groupRecipe, settingsOfQatRun } from './grid-settings.ts';
import type { QatModel } from './grid-settings.ts';
import { planRun } from '../run-plan.ts';
import type { RunPlan } from '../run-plan.ts';

/**
 * The recipes that an experiment trains beside f32, at every size and token budget: the law and the formats have all
 * group sizes, the others compare variants at a few.
 */
export function qatRecipes({ kind }: QatExperiment, { qat }: PaperContext): string[] {
  const { groups, fewGroups } = qat;
  switch (kind) {
    case 'qat-law':
      return int4(groups, ['']);
    case 'qat-formats':
      return int4(groups, ['']).concat(groups.map((group) => groupRecipe('fp4', group)));
    case 'qat-parts':
      return int4(fewGroups, ['', '-w4a16', '-w16a4']);
    case 'qat-fc2':
      return int4(fewGroups, ['', '-fc2a8']);
    default:
      return kind satisfies never;
  }
}

function int4(groups: readonly (number | null)[], changes: readonly string[]): string[] {
  return changes.flatMap((change) => groups.map((group) => `${groupRecipe('int4', group)}${change}`));
}

/** The seeds that an experiment trains a model with. */
export function seedsOf({ kind }: QatExperiment, { lawSeeds, seeds }: QatModel): readonly number[] {
  return kind === 'qat-law' ? lawSeeds : seeds;
}

/** The runs of an experiment: the f32 twins and all its recipes, sizes, token budgets and seeds. */
export function qatPlans(experiment: QatExperiment, context: PaperContext): RunPlan[] {
  const { settings, qat, text, runsDir } = context;
  const recipes = ['f32', ...qatRecipes(experiment, context)];
  return qat.models.flatMap((model) =>
    qat.tokens.flatMap((tokens) => {
      const own = settingsOfQatRun(settings, qat, model, tokens);
      return seedsOf(experiment, model).flatMap((seed) =>
        recipes.map((recipe) => planRun(own, text, runsDir, { recipe, seed })),
      );
    }),
  );
}
