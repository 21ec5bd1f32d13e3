import { findModel } from '@nibble-ml/llama';
import type { LlamaConfig } from '@nibble-ml/llama';
import type { TrainConfig } from '../config/train-config.ts';

/**
 * The model of a config: the zoo's, with the vocabulary that the text gave and the context of the config.
 *
 * @throws RangeError when the zoo has no such model
 */
export function modelConfigOf({ model, context }: TrainConfig, vocabSize: number): LlamaConfig {
  return { ...findModel(model), vocabSize, context };
}
