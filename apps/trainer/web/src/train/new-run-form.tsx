import { useSignal } from '@preact/signals';
import type { VNode } from 'preact';
import { Choice } from '../page/choice.tsx';
import { NumberField } from '../page/number-field.tsx';
import { defaultTextUrl } from '../state/default-text.ts';
import { change, comparedRecipes, dgeKOf, form, missingIn, startOf } from '../state/form.ts';
import type { FormValues } from '../state/form.ts';
import { useLab } from '../state/lab-context.ts';
import { goesOnHidden } from '../state/visibility.ts';
import type { Capabilities } from '../engine/capabilities.ts';
import { EstimatorSlider } from './estimator-slider.tsx';
import { ModelField } from './model-field.tsx';
import { phaseOf, progressOf } from './phase.ts';
import { RecipeField } from './recipe-field.tsx';
import { TextField } from './text-field.tsx';

/** The settings of the next run, and the buttons that begin it. */
export function NewRunForm(): VNode {
  const { capabilities } = useLab();
  const values = form.value;
  return (
    <section aria-labelledby="new-run" class="card form">
      <h2 id="new-run">New run</h2>
      {capabilities.value === undefined || values === undefined ? (
        <p class="note">Looking at what this browser can do…</p>
      ) : (
        <Fields capabilities={capabilities.value} values={values} />
      )}
    </section>
  );
}

function Fields({
  capabilities,
  values,
}: {
  readonly capabilities: Capabilities;
  readonly values: FormValues;
}): VNode {
  const lab = useLab();
  const isStarting = useSignal(false);
  const { catalog } = capabilities;
  const missing = missingIn(values);
  const doing = lab.progress.value ?? 'Starting…';
  const start = async (isComparison: boolean): Promise<void> => {
    isStarting.value = true;
    // What was entered a moment ago may not be drawn yet.
    const entered = form.peek()!;
    const recipes = isComparison ? comparedRecipes : [entered.recipe];
    await lab.start(startOf(entered, catalog, recipes, defaultTextUrl));
    isStarting.value = false;
  };
  const isDisabled = isStarting.value || missing !== undefined || capabilities.defaultBackend === null;
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        const { submitter } = event as SubmitEvent;
        void start((submitter as HTMLButtonElement).value === 'compare');
      }}
    >
      <ModelField catalog={catalog} model={values.model} />
      <RecipeField catalog={catalog} recipe={values.recipe} />
      {dgeKOf(catalog, values.recipe) !== undefined && (
        <EstimatorSlider label="Gradient estimator, k" value={values.dgeK} />
      )}
      <TextField values={values} />
      <NumberField
        label="Steps"
        value={values.steps}
        min={1}
        max={1_000_000}
        onChange={(steps) => change({ steps })}
      />
      <MoreSettings capabilities={capabilities} values={values} />
      <div class="buttons">
        <button type="submit" class="primary" disabled={isDisabled}>
          Train
        </button>
        <button type="submit" value="compare" disabled={isDisabled}>
          Compare {comparedRecipes.join(', ')}
        </button>
      </div>
      <p class="note">
        <span role="status">{missing ?? (isStarting.value ? phaseOf(doing) : '')}</span>
        {missing === undefined && isStarting.value && progressOf(doing)}
      </p>
    </form>
  );
}

function MoreSettings({
  capabilities: { webgpu, wasm },
  values,
}: {
  readonly capabilities: Capabilities;
  readonly values: FormValues;
}): VNode {
  return (
    <details>
      <summary>More settings</summary>
      <div class="pair">
        <NumberField
          label="Batch, windows"
          value={values.batchSize}
          min={1}
          max={4096}
          onChange={(batchSize) => change({ batchSize })}
        />
        <NumberField
          label="Context, tokens"
          value={values.context}
          min={8}
          max={8192}
          onChange={(context) => change({ context })}
        />
        <NumberField
          label="Learning rate"
          value={values.learningRate}
          min={1e-9}
          max={1}
          whole={false}
          onChange={(learningRate) => change({ learningRate })}
        />
        <NumberField
          label="Vocabulary, tokens"
          value={values.vocabSize}
          min={256}
          max={65_536}
          onChange={(vocabSize) => change({ vocabSize })}
        />
        <NumberField
          label="Seed"
          value={values.seed}
          min={0}
          max={2 ** 31 - 1}
          onChange={(seed) => change({ seed })}
        />
        <NumberField
          label="Validate every, steps"
          value={values.evalEvery}
          min={0}
          max={1_000_000}
          onChange={(evalEvery) => change({ evalEvery })}
        />
        <NumberField
          label="Sample every, steps"
          value={values.sampleEvery}
          min={0}
          max={1_000_000}
          onChange={(sampleEvery) => change({ sampleEvery })}
        />
        <NumberField
          label="Save every, steps"
          value={values.checkpointEvery}
          min={0}
          max={1_000_000}
          onChange={(checkpointEvery) => change({ checkpointEvery })}
        />
      </div>
      <div class="field">
        <span class="label">Runs on</span>
        <Choice
          label="Runs on"
          value={values.backend}
          options={[
            ...(webgpu.available ? [{ value: 'webgpu' as const, title: 'WebGPU' }] : []),
            ...(wasm.available ? [{ value: 'wasm' as const, title: 'WebAssembly' }] : []),
          ]}
          onChange={(backend) => change({ backend })}
        />
      </div>
      <label class="check">
        <input
          type="checkbox"
          checked={goesOnHidden.value}
          onChange={({ currentTarget }) => {
            goesOnHidden.value = currentTarget.checked;
          }}
        />
        Go on while this tab is hidden
      </label>
    </details>
  );
}
