import { describe, expect, it } from 'vitest';
import { labForm } from '../../../test/lab-form.ts';
import type { Catalog } from '../engine/capabilities.ts';
import { missingIn, recipeWithK, settingsOfModel, startOf } from './form.ts';

const config = { vocabSize: 256, context: 64 } as Catalog['models'][number]['config'];
const values = labForm;
const catalog: Catalog = {
  models: [{ name: 'nano', config, parameters: 1 }],
  recipes: [
    { name: 'f32', description: '', source: '', dgeK: null },
    { name: 'fp4-paper', description: '', source: '', dgeK: 5 },
  ],
  defaults: values,
};
const url = 'http://localhost/text.txt';

describe('the form of a new run', () => {
  it('asks for one run of each recipe, with the same settings but for the recipe', () => {
    const { runs, text, backend } = startOf(values, catalog, ['f32', 'fp4-paper'], url);
    expect(runs.map(({ settings }) => settings.recipe)).toEqual(['f32', 'fp4-paper']);
    expect(runs.map(({ settings }) => ({ ...settings, recipe: '' }))[0]).toEqual({
      ...runs[1]!.settings,
      recipe: '',
    });
    expect(Object.keys(runs[0]!.settings)).not.toContain('pasted');
    expect([text, backend]).toEqual([{ type: 'default', url }, 'wasm']);
  });

  it('names a recipe after another k, where it has an estimator', () => {
    expect(recipeWithK(catalog, 'fp4-paper', 3)).toBe('fp4-paper-k3');
    expect(recipeWithK(catalog, 'fp4-paper', 5)).toBe('fp4-paper');
    expect(recipeWithK(catalog, 'f32', 3)).toBe('f32');
  });

  it('takes no longer context than the model has, and a vocabulary with a token that ends a text', () => {
    expect(settingsOfModel(catalog, 'nano')).toEqual({ model: 'nano', context: 64, vocabSize: 512 });
  });

  it('says what is missing', () => {
    expect(missingIn(values)).toBeUndefined();
    expect(missingIn({ ...values, source: 'paste', pasted: ' \n' })).toMatch(/Paste a text first/);
    expect(missingIn({ ...values, source: 'file' })).toMatch(/Choose a file first/);
  });

  it('hands over a text of the visitor', () => {
    const own = { ...values, source: 'file' as const, file: { name: 'a.txt', text: 'words' } };
    expect(startOf(own, catalog, ['f32'], url).text).toEqual({ type: 'own', name: 'a.txt', text: 'words' });
  });
});
