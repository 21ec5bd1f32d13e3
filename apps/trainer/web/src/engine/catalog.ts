import { countParameters, modelZoo } from '@nibble-ml/llama';
import { recipes } from '@nibble-ml/recipes';
import type { Recipe } from '@nibble-ml/recipes';
import type { Catalog, RecipeChoice } from './capabilities.ts';
import { labDefaults } from './train/lab-config.ts';

/** Parameters of the largest model that a page offers: with gradients and moments it takes 1.6 GB. */
const MOST_PARAMETERS = 1e8;

/** What there is to choose from. */
export function catalog(): Catalog {
  const models = Object.values(modelZoo)
    .map((config) => ({ name: config.name, config, parameters: countParameters(config).total }))
    .filter(({ parameters }) => parameters <= MOST_PARAMETERS)
    .toSorted((a, b) => a.parameters - b.parameters);
  return { models, recipes: recipes.map(choiceOf), defaults: labDefaults };
}

function choiceOf({ name, description, source, layer: { weights } }: Recipe): RecipeChoice {
  const estimator = 'estimator' in weights ? weights.estimator : null;
  return {
    name,
    description,
    source,
    dgeK: estimator?.name === 'dge' ? estimator.k : null,
  };
}
