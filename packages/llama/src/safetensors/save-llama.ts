import type { Llama } from '../model/create-llama.ts';
import { encodeSafetensors } from './encode-safetensors.ts';
import type { TensorToEncode } from './encode-safetensors.ts';
import { huggingFaceParts } from './hugging-face-names.ts';

/**
 * The weights of a model as a safetensors file with the names and layouts of Hugging Face's `LlamaForCausalLM`, in
 * F32: beside a `config.json` of `toHuggingFaceConfig` it is what transformers and llama.cpp's converter read.
 */
export async function saveLlama(
  model: Pick<Llama, 'config' | 'parameters'>,
): Promise<Uint8Array<ArrayBuffer>> {
  const tensors = new Map<string, TensorToEncode>();
  for (const [parameterName, variable] of model.parameters) {
    const values = (await variable.data()) as Float32Array;
    const width = variable.rank === 2 ? variable.shape[1]! : 1;
    let row = 0;
    for (const { name, rows } of huggingFaceParts(model.config, parameterName)) {
      const shape = variable.rank === 2 ? [rows, width] : [rows];
      tensors.set(name, { shape, values: values.slice(row * width, (row + rows) * width) });
      row += rows;
    }
  }
  return encodeSafetensors(tensors, { format: 'pt' });
}
