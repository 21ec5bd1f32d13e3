import { validateConfig } from '../config/llama-config.ts';
import type { LlamaConfig } from '../config/llama-config.ts';
import { llamaFromValues } from '../model/create-llama.ts';
import type { Llama } from '../model/create-llama.ts';
import { parameterShapes } from '../model/parameter-shapes.ts';
import type { ParameterShape } from '../model/parameter-shapes.ts';
import { decodeSafetensors } from './decode-safetensors.ts';
import { huggingFaceParts } from './hugging-face-names.ts';
import type { SafeTensor } from './safetensors.ts';

/**
 * Makes a model from a safetensors file with the names and layouts of Hugging Face's `LlamaForCausalLM`, as
 * `saveLlama` writes it. F16 and BF16 weights are widened.
 *
 * @throws RangeError when the file is malformed, lacks a tensor, has one of another shape, or has one too many
 * @throws TypeError when a tensor is not of floats
 */
export function loadLlama(bytes: Uint8Array, config: LlamaConfig): Llama {
  validateConfig(config);
  const left = new Map(decodeSafetensors(bytes).tensors);
  const values = new Map<string, Float32Array>();
  // Everything is checked before any tensor is made, so that an error leaves none behind.
  for (const shape of parameterShapes(config)) values.set(shape.name, takeParameter(config, shape, left));
  // Some writers store a tied head twice, and old ones the rotary frequencies; both follow from the rest.
  if (config.tiedEmbeddings) left.delete('lm_head.weight');
  const extra = [...left.keys()].find((name) => !name.endsWith('.rotary_emb.inv_freq'));
  if (extra !== undefined) {
    throw new RangeError(
      `loadLlama: the model has no parameter for tensor ${extra}; check that the config fits`,
    );
  }
  return llamaFromValues(config, ({ name }) => values.get(name)!);
}

function takeParameter(
  config: LlamaConfig,
  { name: parameterName, shape }: ParameterShape,
  left: Map<string, SafeTensor>,
): Float32Array {
  const width = shape[1] ?? 1;
  const values = new Float32Array(shape[0] * width);
  let row = 0;
  for (const { name, rows } of huggingFaceParts(config, parameterName)) {
    const tensor = left.get(name);
    if (tensor === undefined) {
      throw new RangeError(
        `loadLlama: the file has no tensor ${name}; check that it is a LLaMA of this depth`,
      );
    }
    const expected = shape.length === 2 ? [rows, width] : [rows];
    if (tensor.shape.join() !== expected.join()) {
      throw new RangeError(
        `loadLlama: ${name} must have shape [${expected.join(', ')}], but has [${tensor.shape.join(', ')}]; check that the config fits`,
      );
    }
    if (!(tensor.values instanceof Float32Array)) {
      throw new TypeError(`loadLlama: ${name} must be F32, F16 or BF16, but is ${tensor.dtype}`);
    }
    values.set(tensor.values, row * width);
    left.delete(name);
    row += rows;
  }
  return values;
}
