import type { FormValues } from '../web/src/state/form.ts';

/** The lab's form as a visitor might have filled it in. */
export const labForm: FormValues = {
  model: 'tiny',
  recipe: 'fp4-paper',
  vocabSize: 1024,
  context: 128,
  batchSize: 8,
  steps: 300,
  learningRate: 2e-3,
  seed: 1,
  evalEvery: 50,
  checkpointEvery: 100,
  sampleEvery: 50,
  sampleTokens: 80,
  backend: 'wasm',
  dgeK: 5,
  source: 'default',
  pasted: '',
  file: null,
};
