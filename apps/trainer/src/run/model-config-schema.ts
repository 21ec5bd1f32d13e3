import { validateConfig } from '@nibble-ml/llama';
import type { LlamaConfig, RopeScaling } from '@nibble-ml/llama';
import { z } from 'zod';

const ropeScaling: z.ZodType<RopeScaling> = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('linear'), factor: z.number() }),
  z.strictObject({
    type: z.literal('llama3'),
    factor: z.number(),
    lowFreqFactor: z.number(),
    highFreqFactor: z.number(),
    originalContext: z.number(),
  }),
  z.strictObject({
    type: z.literal('yarn'),
    factor: z.number(),
    originalContext: z.number(),
    betaFast: z.number(),
    betaSlow: z.number(),
    attentionFactor: z.number(),
    truncate: z.boolean(),
  }),
]);

/** The `modelConfig` of a run's `config.json`: every field of `LlamaConfig`, none else, and a model that exists. */
export const modelConfigSchema: z.ZodType<LlamaConfig> = z
  .strictObject({
    name: z.string(),
    vocabSize: z.number(),
    dim: z.number(),
    nLayers: z.number(),
    nHeads: z.number(),
    nKvHeads: z.number(),
    headDim: z.number().exactOptional(),
    ffnDim: z.number(),
    context: z.number(),
    ropeTheta: z.number(),
    ropeScaling: ropeScaling.exactOptional(),
    normEps: z.number(),
    tiedEmbeddings: z.boolean(),
  })
  .check(({ value, issues }) => {
    try {
      validateConfig(value);
    } catch (error) {
      issues.push({ code: 'custom', input: value, message: (error as Error).message });
    }
  });
