import type { ByteSource } from './byte-source.ts';
import { readHeader } from './read-header.ts';
import { ELEMENT_BYTES } from './safetensors.ts';
import type { SafetensorsDtype, SafetensorsReader, SafeTensor, TensorEntry } from './safetensors.ts';
import { quoted, SafetensorsError } from './safetensors-error.ts';
import { widenBfloat16, widenFloat16 } from './widen-floats.ts';

/**
 * Opens a safetensors file: its header is read and checked, its tensors when they are asked for. F32, F16, BF16, I32 and
 * U8 are read.
 *
 * @throws SafetensorsError naming the file and the field that is malformed
 */
export function openSafetensors(source: ByteSource): SafetensorsReader {
  const { tensors, metadata } = readHeader(source);
  return {
    tensors,
    metadata,
    read: (name, start, end) => readTensor(source, requireTensor(tensors, name, source.name), start, end),
  };
}

/**
 * The entry of a tensor.
 *
 * @param file - what an error calls the place where it is not
 * @throws SafetensorsError when there is none
 */
export function requireTensor(
  tensors: ReadonlyMap<string, TensorEntry>,
  name: string,
  file: string,
): TensorEntry {
  const entry = tensors.get(name);
  if (entry === undefined) {
    throw new SafetensorsError(file, `tensor ${quoted(name)}`, 'is missing');
  }
  return entry;
}

function readTensor(
  source: ByteSource,
  { dtype, offset, byteLength }: TensorEntry,
  start = 0,
  end: number = byteLength / ELEMENT_BYTES[dtype],
): SafeTensor['values'] {
  const width = ELEMENT_BYTES[dtype];
  if (!(start >= 0 && start <= end && end * width <= byteLength)) {
    throw new RangeError(
      `SafetensorsReader.read: start and end must be from 0 to ${byteLength / width}, but got ${start} and ${end}`,
    );
  }
  return decodeValues(dtype, source.read(offset + start * width, (end - start) * width));
}

function decodeValues(dtype: SafetensorsDtype, bytes: Uint8Array): SafeTensor['values'] {
  // A copy: typed arrays must be aligned, and a header may end anywhere; a source may also share its memory. Not by slice,
  // which in Node's Buffer does not copy.
  const { buffer } = new Uint8Array(bytes);
  switch (dtype) {
    case 'F32':
      return new Float32Array(buffer);
    case 'F16':
      return widenFloat16(new Uint16Array(buffer));
    case 'BF16':
      return widenBfloat16(new Uint16Array(buffer));
    case 'I32':
      return new Int32Array(buffer);
    case 'U8':
      return new Uint8Array(buffer);
  }
}
