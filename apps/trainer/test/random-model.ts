import { tensor } from '@tensorflow/tfjs-core';
import { createLlama } from '@nibble-ml/llama';
import type { Llama, LlamaConfig } from '@nibble-ml/llama';
import { normalFloats } from '@nibble-ml/testing';

/** A model with weights drawn wide, so that every layer matters, and norms that are not all ones. */
export function randomModel(config: LlamaConfig): Llama {
  const model = createLlama(config, { seed: 1 });
  let seed = 1;
  for (const variable of model.parameters.values()) {
    const values = normalFloats(variable.size, seed++);
    const isNorm = variable.rank === 1;
    const drawn = values.map((value) => (isNorm ? 1 + 0.3 * value : 0.15 * value));
    const fresh = tensor(drawn, variable.shape);
    variable.assign(fresh);
    fresh.dispose();
  }
  return model;
}
