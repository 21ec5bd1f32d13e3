import { findModel } from '@nibble-ml/llama';
import { findRecipe } from '@nibble-ml/recipes';
import { testBackends, useBackend } from '@nibble-ml/testing';
import { beforeAll, describe, expect, it } from 'vitest';
import { defaultConfig } from '../config/train-config.ts';
import { RESERVE } from './fit-run.ts';
import { measureStep } from './measure-step.ts';
import { probeWorkingSet } from './probe-working-set.ts';
import { estimateStep } from './step-memory.ts';

// Software adapters take seconds for a step.
describe.skipIf(!testBackends.includes('webgpu'))(
  'the memory of a step on webgpu',
  { timeout: 300_000 },
  () => {
    beforeAll(() => useBackend('webgpu'));

    it.each([
      ['fp4-paper', { context: 128, batchSize: 8 }],
      ['f32', { context: 64, batchSize: 16, checkpointing: 'block' as const }],
      ['quartet', { context: 128, batchSize: 8 }],
    ])('is estimated within what is kept in reserve: %s, %j', async (name, changes) => {
      const config = { ...defaultConfig, ...changes };
      const model = { ...findModel('tiny'), vocabSize: 4096, context: config.context };
      const recipe = findRecipe(name);
      const working = await probeWorkingSet(config, model, recipe);
      const { total } = estimateStep(model, recipe, config, config.batchSize, working);
      const measured = await measureStep(config, model, recipe);
      expect(total / measured).toBeGreaterThan(1 - RESERVE.webgpu);
      expect(total / measured).toBeLessThan(1.2);
    });
  },
);
