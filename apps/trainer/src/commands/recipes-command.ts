import type { Command } from 'commander';
import pc from 'picocolors';
import { recipes } from '@nibble-ml/recipes';
import type { Recipe } from '@nibble-ml/recipes';

/** `nibble recipes`: lists the precision recipes. */
export function addRecipesCommand(program: Command): void {
  program
    .command('recipes')
    .description('list the precision recipes')
    .option('--json', 'print them as JSON, in the form a recipe file has')
    .action(({ json }: { json?: boolean }) => {
      if (json === true) {
        console.log(JSON.stringify(recipes, null, 2));
        return;
      }
      for (const recipe of recipes) {
        console.log(`${pc.bold(recipe.name)}  ${recipe.description}`);
        console.log(`  weights      ${describeWeights(recipe.weights)}`);
        console.log(`  activations  ${describeActivations(recipe.activations)}`);
        console.log(`  gradients    ${recipe.gradients.format}`);
        console.log(
          `  layers       ${recipe.roles.length === 0 ? 'none' : recipe.roles.join(', ')}; the others in f32`,
        );
        console.log(pc.dim(`  source       ${recipe.source}\n`));
      }
    });
}

function describeWeights(weights: Recipe['weights']): string {
  if (weights.format === 'f32') return 'f32';
  const { estimator } = weights;
  const gradient =
    estimator.name === 'dge'
      ? `DGE gradient (k = ${estimator.k}, clip ${estimator.clip})`
      : 'straight-through gradient';
  return `E2M1, one scale per ${weights.granularity}, ${gradient}`;
}

function describeActivations(activations: Recipe['activations']): string {
  if (activations.format === 'f32') return 'f32';
  const { outliers } = activations;
  if (outliers === null) return `E2M1, one scale per ${activations.granularity}`;
  return `E2M1, one scale per ${activations.granularity}, outliers clamped at alpha = ${outliers.alpha}${outliers.compensation ? ' and compensated in f32' : ''}`;
}
