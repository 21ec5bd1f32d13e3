import type { VNode } from 'preact';
import type { Catalog } from '../engine/capabilities.ts';
import { change, settingsOfModel } from '../state/form.ts';
import { millions } from './format.ts';

/** The choice of the model. */
export function ModelField({ catalog, model }: { readonly catalog: Catalog; readonly model: string }): VNode {
  return (
    <div class="field">
      <label for="model">Model</label>
      <select
        id="model"
        value={model}
        onChange={({ currentTarget }) => change(settingsOfModel(catalog, currentTarget.value))}
      >
        {catalog.models.map(({ name, parameters }) => (
          <option key={name} value={name}>
            {name} · {millions(parameters)} parameters
          </option>
        ))}
      </select>
    </div>
  );
}
