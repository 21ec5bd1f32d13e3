import type { Llama } from '../model/create-llama.ts';
import { encodeFloats } from './encode-floats.ts';
import type { FloatDtype } from './encode-floats.ts';
import { encodeHeader, tensorBytes } from './encode-header.ts';
import { huggingFaceTensors } from './hugging-face-names.ts';

/**
 * The weights of a model as a safetensors file with the names and layouts of Hugging Face's `LlamaForCausalLM`: beside a
 * `config.json` of `toHuggingFaceConfig` it is what transformers and llama.cpp's converter read.
 *
 * @param dtype - element type, to which weights are rounded; default F32, which keeps every bit
 * @throws RangeError when a weight is beyond the range of the type
 */
export async function saveLlama(
  model: Pick<Llama, 'config' | 'parameters'>,
  dtype: FloatDtype = 'F32',
): Promise<Uint8Array<ArrayBuffer>> {
  const tensors = huggingFaceTensors(model.config, dtype);
  const header = encodeHeader(tensors, { format: 'pt' });
  let at = header.length;
  const bytes = new Uint8Array(tensors.reduce((size, tensor) => size + tensorBytes(tensor), at));
  bytes.set(header);
  for (const [parameterName, variable] of model.parameters) {
    const values = (await variable.data()) as Float32Array;
    for (const { shape, parameter, firstRow } of tensors) {
      if (parameter !== parameterName) continue;
      const width = shape[1] ?? 1;
      const part = values.subarray(firstRow * width, (firstRow + shape[0]!) * width);
      const encoded = encodeFloats(part, dtype);
      bytes.set(encoded, at);
      at += encoded.length;
    }
  }
  return bytes;
}
