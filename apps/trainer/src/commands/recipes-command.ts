import type { Command } from 'commander';
import pc from 'picocolors';
import { findRecipe, gemmKinds, productPrecision, recipes } from '@nibble-ml/recipes';
import type { BlockSelection, LayerPrecision, Recipe } from '@nibble-ml/recipes';

/** `nibble recipes [name]`: lists the precision recipes, or says what runs in which precision under one. */
export function addRecipesCommand(program: Command): void {
  program
    .command('recipes')
    .description('list the precision recipes, or say what runs in which precision under one')
    .argument('[name]', 'a recipe of the list, or one with a change, such as fp4-paper-k3')
    .option('--json', 'print JSON, in the form a recipe file has')
    .action((name: string | undefined, { json }: { json?: boolean }) => {
      const chosen = name === undefined ? recipes : findRecipe(name);
      if (json === true) console.log(JSON.stringify(chosen, null, 2));
      else console.log('layer' in chosen ? describeRecipe(chosen) : listRecipes());
    });
}

function listRecipes(): string {
  const lines = recipes.map(
    ({ name, description, source }) => `${pc.bold(name)}  ${description}\n${pc.dim(`  ${source}`)}`,
  );
  return [
    ...lines,
    '',
    'A recipe can be changed by its name: fp4-paper-k3 (DGE with k = 3), fp4-paper-alpha0.999 (OCC), fp4-paper-int8 (output gradients), int4-g32-w4a16 (activations in BF16), int4-g32-w16a4 (weights in BF16).',
    'nibble recipes NAME says what runs in which precision.',
  ].join('\n');
}

function describeRecipe(recipe: Recipe): string {
  const { name, description, source, roles, layer, overrides, switchAt } = recipe;
  if (roles.length === 0) {
    return [pc.bold(name), description, '', 'all linear layers', describeLayer(layer)].join('\n');
  }
  const parts: [string, LayerPrecision][] = [
    ...overrides.map(({ roles: listed, blocks, layer: own }): [string, LayerPrecision] => [
      `${(listed ?? roles).join(', ')}${blocks === null ? '' : ` in ${describeBlocks(blocks)}`}`,
      own,
    ]),
    [`${roles.join(', ')}${overrides.length === 0 ? '' : ' elsewhere'}`, layer],
  ];
  if (switchAt !== null) {
    parts.push([`the same after ${Math.round(100 * switchAt.fraction)} % of the steps`, switchAt.layer]);
  }
  return [
    pc.bold(name),
    description,
    pc.dim(source),
    ...parts.map(([where, own]) => `\n${where}\n${describeLayer(own)}`),
    '',
    'everything else in f32',
  ].join('\n');
}

function describeLayer(layer: LayerPrecision): string {
  const { weights, activations } = layer;
  const products = gemmKinds.map((gemm) => `  ${gemm}  ${productPrecision(layer, gemm)}`);
  const details = [
    ...('granularity' in weights ? [`  weights      ${scales(weights)}, ${estimator(weights)}`] : []),
    ...('granularity' in activations
      ? [`  activations  ${scales(activations)}${outliers(activations)}`]
      : []),
  ];
  return [...products, ...details].join('\n');
}

type Scaled = Exclude<LayerPrecision['weights'] | LayerPrecision['activations'], { format: 'f32' | 'bf16' }>;
type Weights = Extract<LayerPrecision['weights'], Scaled>;
type Activations = Extract<LayerPrecision['activations'], Scaled>;

function scales({ granularity, scale }: Weights | Activations): string {
  const each =
    typeof granularity === 'string'
      ? granularity
      : `block of ${typeof granularity.block === 'number' ? granularity.block : granularity.block.join(' x ')}`;
  return `one scale (${scale}) per ${each}`;
}

function estimator({ estimator: used, scale }: Weights): string {
  if (scale === 'quest') return 'no gradient where it clips';
  return used.name === 'dge'
    ? `DGE gradient (k = ${used.k}, clip ${used.clip})`
    : 'straight-through gradient';
}

function outliers({ outliers: clamped, clip }: Activations): string {
  if (clip !== null) return ', learned clipping';
  if (clamped === null) return '';
  const rest = clamped.compensation === null ? '' : ` and compensated in ${clamped.compensation}`;
  return `, outliers clamped at alpha = ${clamped.alpha}${rest}`;
}

function describeBlocks(blocks: BlockSelection): string {
  if ('first' in blocks) return `the first ${blocks.first} blocks`;
  if ('last' in blocks) return `the last ${blocks.last} blocks`;
  if ('firstShare' in blocks) return `the first ${Math.round(100 * blocks.firstShare)} % of the blocks`;
  if ('lastShare' in blocks) return `the last ${Math.round(100 * blocks.lastShare)} % of the blocks`;
  return `blocks ${blocks.join(', ')}`;
}
