import { signal } from '@preact/signals';
import type { Signal } from '@preact/signals';
import type { LabText, NewRun, StartRuns } from '../engine/protocol.ts';
import type { LabSettings } from '../engine/capabilities.ts';
import type { LabBackend } from '../engine/run-summary.ts';
import type { Capabilities, Catalog } from '../engine/capabilities.ts';

/** What the visitor has chosen for the next run. */
export interface FormValues extends LabSettings {
  readonly backend: LabBackend;
  /** Exponent of the gradient estimator; counts where the recipe has one. */
  readonly dgeK: number;
  /** Where the text comes from. */
  readonly source: 'default' | 'paste' | 'file';
  readonly pasted: string;
  /** The file that was read. */
  readonly file: { readonly name: string; readonly text: string } | null;
}

/** The form of a new run; undefined until the worker has told what there is to choose from. */
export const form: Signal<FormValues | undefined> = signal(undefined);

/** The recipes of the comparison that one press trains. */
export const comparedRecipes: readonly string[] = ['f32', 'fp4-direct', 'fp4-paper'];

/** What a text is called that was pasted. */
export const PASTED_NAME = 'pasted text';
/** As in preset quick: of 256 tokens, which are the bytes, none ends a text, as GGUF needs one. */
const LEAST_VOCABULARY = 512;

/** Fills the form with the defaults. */
export function openForm({ catalog, defaultBackend }: Capabilities): void {
  form.value = {
    ...catalog.defaults,
    backend: defaultBackend ?? 'wasm',
    dgeK: dgeKOf(catalog, catalog.defaults.recipe) ?? 5,
    source: 'default',
    pasted: '',
    file: null,
  };
}

/** Changes a part of the form. */
export function change(part: Partial<FormValues>): void {
  if (form.value !== undefined) form.value = { ...form.value, ...part };
}

/** The settings that go with a model: no longer context than it is meant for, and a vocabulary that suits it. */
export function settingsOfModel({ models, defaults }: Catalog, name: string): Partial<FormValues> {
  const config = models.find((model) => model.name === name)?.config;
  return {
    model: name,
    ...(config === undefined
      ? {}
      : {
          context: Math.min(config.context, defaults.context),
          vocabSize: Math.max(LEAST_VOCABULARY, Math.min(config.vocabSize, defaults.vocabSize)),
        }),
  };
}

/** The exponent of a recipe's gradient estimator; undefined where it has none. */
export function dgeKOf({ recipes }: Catalog, name: string): number | undefined {
  return recipes.find((recipe) => recipe.name === name)?.dgeK ?? undefined;
}

/** The name of a recipe with another exponent of its gradient estimator, as `nibble train --recipe` takes it. */
export function recipeWithK(catalog: Catalog, name: string, k: number): string {
  const own = dgeKOf(catalog, name);
  return own === undefined || own === k ? name : `${name}-k${k}`;
}

/** What to ask of the worker to train these recipes. */
export function startOf(
  values: FormValues,
  catalog: Catalog,
  recipes: readonly string[],
  defaultTextUrl: string,
): StartRuns {
  const { backend, dgeK, source: _, pasted: __, file: ___, ...settings } = values;
  const runs = recipes.map((name): NewRun => {
    const recipe = recipeWithK(catalog, name, dgeK);
    return { name: recipe, settings: { ...settings, recipe } };
  });
  return { text: textOf(values, defaultTextUrl), backend, runs };
}

/** The text that was chosen. */
function textOf({ source, pasted, file }: FormValues, defaultTextUrl: string): LabText {
  if (source === 'paste') return { type: 'own', name: PASTED_NAME, text: pasted };
  if (source === 'file' && file !== null) return { type: 'own', ...file };
  return { type: 'default', url: defaultTextUrl };
}

/** What is missing before training can begin, in a sentence; undefined when nothing is. */
export function missingIn({ source, pasted, file }: FormValues): string | undefined {
  if (source === 'paste' && pasted.trim() === '') return 'Paste a text first, or take the default one.';
  if (source === 'file' && file === null) return 'Choose a file first, or take the default text.';
  return undefined;
}
