import { memorySource } from './byte-source.ts';
import { openSafetensors } from './open-safetensors.ts';
import type { SafetensorsFile } from './safetensors.ts';

/**
 * Decodes a whole safetensors file (https://huggingface.co/docs/safetensors). Reads F32, F16, BF16, I32 and U8.
 *
 * @param name - what an error calls it
 * @throws SafetensorsError naming the field that is malformed: sizes, offsets, shapes, dtypes
 */
export function decodeSafetensors(bytes: Uint8Array, name = 'the file'): SafetensorsFile {
  const reader = openSafetensors(memorySource(name, bytes));
  return {
    tensors: new Map(
      [...reader.tensors].map(([tensor, { dtype, shape }]) => [
        tensor,
        { dtype, shape, values: reader.read(tensor) },
      ]),
    ),
    metadata: reader.metadata,
  };
}
