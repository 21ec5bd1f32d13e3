import { recipes } from './recipes.ts';
import type { Recipe } from './recipe.ts';
import { withDge } from './with-dge.ts';
import { gradientFormats, withGradients } from './with-gradients.ts';
import { withHighPrecision } from './with-high-precision.ts';
import { withOcc } from './with-occ.ts';

const COMPENSATIONS = { '': 'f32', fp8: 'e4m3', bare: null } as const;

/**
 * The recipe of that name: one of {@link recipes}, or one changed by {@link withDge}, {@link withOcc},
 * {@link withGradients} or {@link withHighPrecision}, whose names are its name and what was changed: `fp4-paper-k3`,
 * `w4a8-k10`, `fp4-occ-alpha0.97-f32`, `int4-g32-w4a16`.
 *
 * @throws RangeError listing the names there are, or because the change does not fit the recipe
 */
export function findRecipe(name: string): Recipe {
  const found = recipes.find((candidate) => candidate.name === name) ?? changedRecipe(name);
  if (found === undefined) {
    throw new RangeError(
      `findRecipe: there is no recipe "${name}"; the recipes are ${recipes.map((known) => known.name).join(', ')}`,
    );
  }
  return found;
}

function changedRecipe(name: string): Recipe | undefined {
  const at = name.lastIndexOf('-');
  if (at < 0) return undefined;
  const change = changeOf(name.slice(at + 1));
  if (change === undefined) return undefined;
  const rest = name.slice(0, at);
  const base = recipes.find((candidate) => candidate.name === rest) ?? changedRecipe(rest);
  return base === undefined ? undefined : change(base);
}

function changeOf(suffix: string): ((recipe: Recipe) => Recipe) | undefined {
  const format = gradientFormats.find((candidate) => candidate === suffix);
  if (format !== undefined) return (recipe) => withGradients(recipe, format);
  if (suffix === 'w4a16') return (recipe) => withHighPrecision(recipe, 'activations');
  if (suffix === 'w16a4') return (recipe) => withHighPrecision(recipe, 'weights');
  const k = /^k(\d+(?:\.\d+)?)$/.exec(suffix)?.[1];
  if (k !== undefined) return (recipe) => withDge(recipe, { k: Number(k) });
  const [, alpha, how] = /^alpha(\d+(?:\.\d+)?)(fp8|bare)?$/.exec(suffix) ?? [];
  if (alpha === undefined) return undefined;
  const compensation = COMPENSATIONS[(how ?? '') as keyof typeof COMPENSATIONS];
  return (recipe) => withOcc(recipe, { alpha: Number(alpha), compensation });
}
