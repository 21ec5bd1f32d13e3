import type { RecipeChoice } from '../engine/capabilities.ts';

/** Recipes under one title. */
export interface RecipeGroup {
  readonly title: string;
  readonly recipes: readonly RecipeChoice[];
}

const groups: readonly (readonly [title: string, name: RegExp])[] = [
  ['FP4 training, with and without DGE and OCC', /^fp4-(paper|direct|dge|occ|tensorwise)/],
  ['High precision', /^(f32|bf16)$/],
  ['Four bits on one side', /^w\d+a\d+/],
  ['Block formats', /^(mxfp4|nvfp4|fp4-all-the-way|quartet)/],
  ['Groups of the scaling law, FP4', /^fp4-/],
  ['Groups of the scaling law, INT4', /^int4-/],
];

/** The recipes by what they are for; those that fit nowhere come last. */
export function recipeGroups(recipes: readonly RecipeChoice[]): readonly RecipeGroup[] {
  const titleOf = (name: string): string => groups.find(([, names]) => names.test(name))?.[0] ?? 'Others';
  return [...groups.map(([title]) => title), 'Others']
    .map((title) => ({ title, recipes: recipes.filter(({ name }) => titleOf(name) === title) }))
    .filter((group) => group.recipes.length > 0);
}
