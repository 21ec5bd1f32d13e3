import type { SamplingOptions } from '@nibble-ml/llama';
import { numberIn } from './options.ts';

/** The flags that say how a token is chosen, as commander reads them. */
export interface SamplingFlags {
  readonly temperature: string;
  readonly topK?: string;
  readonly topP?: string;
  readonly minP?: string;
}

/**
 * Reads the flags that say how a token is chosen.
 *
 * @throws RangeError naming the flag and its range
 */
export function samplingOptions({ temperature, topK, topP, minP }: SamplingFlags): SamplingOptions {
  if (topP !== undefined && Number(topP) === 0) {
    throw new RangeError(`--top-p must be above 0, but got ${JSON.stringify(topP)}`);
  }
  return {
    temperature: numberIn('--temperature', temperature, [0, 100], false),
    ...(topK === undefined ? {} : { topK: numberIn('--top-k', topK, [1, 1_000_000], true) }),
    ...(topP === undefined ? {} : { topP: numberIn('--top-p', topP, [0, 1], false) }),
    ...(minP === undefined ? {} : { minP: numberIn('--min-p', minP, [0, 1], false) }),
  };
}
