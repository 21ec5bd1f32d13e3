import type { VNode } from 'preact';
import type { Catalog } from '../engine/capabilities.ts';
import { change, dgeKOf } from '../state/form.ts';
import { recipeGroups } from './recipe-groups.ts';

/** The choice of the precision recipe, with what it does in a sentence. */
export function RecipeField({
  catalog,
  recipe,
}: {
  readonly catalog: Catalog;
  readonly recipe: string;
}): VNode {
  const chosen = catalog.recipes.find(({ name }) => name === recipe);
  return (
    <div class="field">
      <label for="recipe">Recipe</label>
      <select
        id="recipe"
        value={recipe}
        aria-describedby="recipe-note"
        onChange={({ currentTarget: { value } }) => {
          const dgeK = dgeKOf(catalog, value);
          change({ recipe: value, ...(dgeK === undefined ? {} : { dgeK }) });
        }}
      >
        {recipeGroups(catalog.recipes).map(({ title, recipes }) => (
          <optgroup key={title} label={title}>
            {recipes.map(({ name }) => (
              <option key={name} value={name}>
                {name}
              </option>
            ))}
          </optgroup>
        ))}
      </select>
      <p class="note" id="recipe-note">
        {chosen?.description}
      </p>
      <details>
        <summary>Source</summary>
        <p class="note">{chosen?.source}</p>
      </details>
    </div>
  );
}
