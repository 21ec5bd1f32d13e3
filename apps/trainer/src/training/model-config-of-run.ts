import type { LlamaConfig } from '@nibble-ml/llama';
import type { RunRecord } from '../run/run-record.ts';
import { modelConfigOf } from './model-config-of.ts';

/**
 * The shape of a run's model: what its `config.json` says, or in runs of versions that did not write it the zoo's, with
 * the vocabulary of the run and the context of its config.
 *
 * Its `context` is the greatest number of positions that the model is meant for; the windows that a run trains and
 * evaluates on have the length of `record.config.context`, which may be less.
 *
 * @param vocabSize - Tokens in the run's tokenizer.
 * @throws RangeError when the record's model has fewer tokens than the tokenizer, or the zoo has no such model
 */
export function modelConfigOfRun(record: RunRecord, vocabSize: number): LlamaConfig {
  const { modelConfig, config } = record;
  if (modelConfig === undefined) return modelConfigOf(config, vocabSize);
  if (vocabSize > modelConfig.vocabSize) {
    throw new RangeError(
      `modelConfigOfRun: the model must have a row for each token, but it has ${modelConfig.vocabSize} and the tokenizer ${vocabSize} tokens; the tokenizer.json belongs to another model`,
    );
  }
  return modelConfig;
}
