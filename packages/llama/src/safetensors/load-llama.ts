import { validateConfig } from '../config/llama-config.ts';
import type { LlamaConfig } from '../config/llama-config.ts';
import { llamaFromValues } from '../model/create-llama.ts';
import type { Llama } from '../model/create-llama.ts';
import type { ParameterShape } from '../model/parameter-shapes.ts';
import { memorySource } from './byte-source.ts';
import { checkLlamaTensors } from './check-llama-tensors.ts';
import { huggingFaceParts } from './hugging-face-names.ts';
import { openSafetensors } from './open-safetensors.ts';
import type { SafetensorsReader } from './safetensors.ts';

/** Values decoded at once: 16 MiB of float32. */
const CHUNK = 2 ** 22;

/**
 * Makes a model from safetensors with the names and layouts of Hugging Face's `LlamaForCausalLM`, as `saveLlama` writes
 * them. F16 and BF16 weights are widened. Beside the model itself, no more than one parameter is held at a time.
 *
 * @param source - a whole file, or what `openSafetensors` or `openSharded` opened
 * @throws SafetensorsError when a file is malformed, lacks a tensor, has one of another shape or dtype, or one too
 * many; no tensor has been made then; RangeError when the config describes no model, or a parameter is larger than a
 * buffer of the device may be
 */
export function loadLlama(source: Uint8Array | SafetensorsReader, config: LlamaConfig): Llama {
  validateConfig(config);
  const reader = source instanceof Uint8Array ? openSafetensors(memorySource('the file', source)) : source;
  checkLlamaTensors(reader, config);
  return llamaFromValues(config, (parameter) => {
    const values = new Float32Array(parameter.shape.reduce((size, length) => size * length, 1));
    let at = 0;
    for (const chunk of parameterChunks(reader, config, parameter)) {
      values.set(chunk, at);
      at += chunk.length;
    }
    return values;
  });
}

/**
 * A parameter's values in row-major order, float32, a stretch of at most 16 MiB at a time.
 *
 * @throws RangeError when such a model has no such parameter; SafetensorsError when a tensor is missing
 */
export function* parameterChunks(
  reader: SafetensorsReader,
  config: LlamaConfig,
  { name: parameter, shape }: Pick<ParameterShape, 'name' | 'shape'>,
): Generator<Float32Array, void> {
  for (const { name, rows } of huggingFaceParts(config, parameter)) {
    const size = rows * (shape[1] ?? 1);
    for (let start = 0; start < size; start += CHUNK) {
      yield reader.read(name, start, Math.min(size, start + CHUNK)) as Float32Array;
    }
  }
}
