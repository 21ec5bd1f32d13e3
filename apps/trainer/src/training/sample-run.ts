import { generate } from '@nibble-ml/llama';
import type { SamplingOptions } from '@nibble-ml/llama';
import type { TrainConfig } from '../config/train-config.ts';
import type { Sample } from './train-observer.ts';
import type { ActiveRun } from './active-run.ts';

const PROMPT_TOKENS = 16;

/**
 * Continues the first tokens of the validation text, which the model has not seen, in the precision in force. Training
 * goes on to the same bits as without it.
 */
export async function sampleRun({ config, corpus, state }: ActiveRun): Promise<Sample> {
  const { tokenizer, validation } = corpus;
  const prompt = validation.read(0, Math.min(PROMPT_TOKENS, validation.length));
  const ids = await generate(state.model, prompt, {
    ...samplingOf(config),
    maxNewTokens: config.sampleTokens,
    seed: config.seed,
    linear: state.linears.linear,
  });
  return { prompt: tokenizer.decode(prompt), continuation: tokenizer.decode(ids) };
}

/** How a config's samples are drawn; what is off is left out. */
export function samplingOf({
  temperature,
  sampleTopK,
  sampleTopP,
  sampleMinP,
}: TrainConfig): SamplingOptions {
  return {
    temperature,
    ...(sampleTopK > 0 ? { topK: sampleTopK } : {}),
    ...(sampleTopP < 1 ? { topP: sampleTopP } : {}),
    ...(sampleMinP > 0 ? { minP: sampleMinP } : {}),
  };
}
