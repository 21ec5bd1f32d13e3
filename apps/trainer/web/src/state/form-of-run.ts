import type { Capabilities } from '../engine/capabilities.ts';
import type { RunSummary } from '../engine/run-summary.ts';
import { PASTED_NAME } from './form.ts';
import type { FormValues } from './form.ts';

/**
 * The form for a run like another one: with its settings, its text and what it ran on. Where the text is the visitor's own
 * and not in the form any more, the form asks for it.
 */
export function formOfRun(
  summary: RunSummary,
  { webgpu, wasm }: Pick<Capabilities, 'webgpu' | 'wasm'>,
  form: FormValues,
): FormValues {
  const { config, backend } = summary;
  const { model, vocabSize, context, batchSize, steps, learningRate, seed } = config;
  const { evalEvery, checkpointEvery, sampleEvery, sampleTokens } = config;
  // A recipe with another k has its name; the list has it under its own.
  const k = /-k(\d+(?:\.\d+)?)$/.exec(config.recipe);
  return {
    ...form,
    model,
    vocabSize,
    context,
    batchSize,
    steps,
    learningRate,
    seed,
    evalEvery,
    checkpointEvery,
    sampleEvery,
    sampleTokens,
    recipe: k === null ? config.recipe : config.recipe.slice(0, k.index),
    dgeK: k === null ? form.dgeK : Number(k[1]),
    ...textOf(summary, form),
    ...(backend === 'webgpu' && webgpu.available ? { backend } : {}),
    ...(backend === 'wasm' && wasm.available ? { backend } : {}),
  };
}

function textOf({ text, textName }: RunSummary, { file }: FormValues): Partial<FormValues> {
  if (text === 'default') return { source: 'default' };
  // It may have been emptied; then the form says so.
  if (textName === PASTED_NAME) return { source: 'paste' };
  return { source: 'file', file: file?.name === textName ? file : null };
}
