import { findRecipe, gemmKinds, layerAt, productPrecision } from '@nibble-ml/recipes';
import type { GemmKind, LinearRole, Recipe } from '@nibble-ml/recipes';
import { lateStepOf } from '../config/check-combination.ts';
import type { TrainConfig } from '../config/train-config.ts';
import { recipeOf } from './recipe-of.ts';

/** A stretch of a run in which nothing about its precision changes. */
export interface RecipePhase {
  /** Optimizer steps done when it begins. */
  readonly stepsDone: number;
  readonly recipe: Recipe;
  /** Whether the recipe's own late switch has come. */
  readonly isLate: boolean;
}

/** What one kind of matrix product runs in. */
export interface ProductInForce {
  readonly role: LinearRole;
  /** Blocks that differ from others of the role; absent when all are alike. */
  readonly blocks?: readonly number[];
  readonly gemm: GemmKind;
  /** Operand formats and accumulator. */
  readonly precision: string;
}

/** The recipe that takes over late in a run, if there is one. `gradients` does not change it. */
export function lateRecipeOf({ lateRecipe }: Pick<TrainConfig, 'lateRecipe'>): Recipe | undefined {
  return lateRecipe === null ? undefined : findRecipe(lateRecipe);
}

/**
 * The phases of a run, in order: its recipe, that recipe's own late switch unless the late recipe comes first, the late
 * recipe, and that one's own late switch. Own switches count the steps of the whole run.
 *
 * @throws RangeError when there is no such recipe, or the late recipe's own switch is over before it begins
 */
export function recipePhases(config: TrainConfig): RecipePhase[] {
  const { steps, lateRecipeAt } = config;
  const recipe = recipeOf(config);
  const late = lateRecipeOf(config);
  const lateStep = lateStepOf(config);
  const phases: RecipePhase[] = [{ stepsDone: 0, recipe, isLate: false }];
  const addOwnSwitch = (of: Recipe, before: number): void => {
    const stepsDone = ownSwitchStep(of, steps);
    if (stepsDone < before) phases.push({ stepsDone, recipe: of, isLate: true });
  };
  addOwnSwitch(recipe, Math.min(lateStep, steps));
  if (late !== undefined) {
    const own = ownSwitchStep(late, steps);
    if (own <= lateStep) {
      throw new RangeError(
        `recipePhases: lateRecipeAt must be before ${late.name} switches by itself, after ${own} of ${steps} steps, but got ${lateRecipeAt}: its layers before that would never run`,
      );
    }
    phases.push({ stepsDone: lateStep, recipe: late, isLate: false });
    addOwnSwitch(late, steps);
  }
  return phases;
}

function ownSwitchStep({ switchAt }: Recipe, steps: number): number {
  return switchAt === null ? Infinity : Math.ceil(switchAt.fraction * steps);
}

/** What every product of every linear layer runs in during a phase, blocks that are alike put together. */
export function productsOf({ recipe, isLate }: RecipePhase, blocks: number): ProductInForce[] {
  const products: ProductInForce[] = [];
  for (const role of recipe.roles) {
    const sites = role === 'head' ? [null] : Array.from({ length: blocks }, (_, block) => block);
    for (const gemm of gemmKinds) {
      const alike = new Map<string, (number | null)[]>();
      for (const block of sites) {
        const precision = productPrecision(layerAt(recipe, { role, block }, { blocks, isLate }), gemm);
        alike.set(precision, [...(alike.get(precision) ?? []), block]);
      }
      for (const [precision, found] of alike) {
        const own = alike.size === 1 ? {} : { blocks: found.filter((block) => block !== null) };
        products.push({ role, ...own, gemm, precision });
      }
    }
  }
  return products;
}

/** The products of a phase in one line for people: those of layers that are alike are named together. */
export function describeProducts(products: readonly ProductInForce[]): string {
  if (products.length === 0) return 'all linear layers in f32';
  const sites = new Map<string, ProductInForce[]>();
  for (const product of products) {
    const site = `${product.role} ${product.blocks?.join() ?? ''}`;
    sites.set(site, [...(sites.get(site) ?? []), product]);
  }
  const alike = new Map<string, LinearRole[]>();
  for (const own of sites.values()) {
    const each = own.map(({ gemm, precision }) => `${gemm} ${precision}`);
    const isSame =
      own.length === gemmKinds.length && new Set(own.map(({ precision }) => precision)).size === 1;
    const { role, blocks, precision } = own[0]!;
    const where = blocks === undefined ? '' : ` in ${blockList(blocks)}`;
    const rest = `${where}: ${isSame ? precision : each.join(', ')}`;
    alike.set(rest, [...(alike.get(rest) ?? []), role]);
  }
  return [...alike].map(([rest, roles]) => `${roles.join(', ')}${rest}`).join('; ');
}

function blockList(blocks: readonly number[]): string {
  const [first, last] = [blocks[0]!, blocks.at(-1)!];
  if (blocks.length === 1) return `block ${first}`;
  return blocks.length === last - first + 1 ? `blocks ${first} to ${last}` : `blocks ${blocks.join(', ')}`;
}
