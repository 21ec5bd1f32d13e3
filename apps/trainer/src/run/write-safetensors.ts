import { arrayOfDtype, sizeOfShape, type HostTensor } from './safetensors-dtype.ts';

/**
 * Returns a safetensors file in parts to write one after the other; tensor data is not copied. Tensors lie in order
 * of falling element size, then of name, so that each is aligned to its element. The host must be little-endian, as
 * every platform with WebGPU is.
 *
 * @param tensors - The tensors by name.
 * @param metadata - Text to put into the header's `__metadata__`.
 * @throws RangeError when a name is reserved, or a tensor's data does not fit its shape; TypeError when it does not
 *   fit its dtype.
 * Source: https://github.com/huggingface/safetensors#format
 */
export function safetensorsParts(
  tensors: ReadonlyMap<string, HostTensor>,
  metadata: Readonly<Record<string, string>> = {},
): Uint8Array[] {
  const ordered = [...tensors].toSorted(
    ([nameA, a], [nameB, b]) =>
      b.data.BYTES_PER_ELEMENT - a.data.BYTES_PER_ELEMENT || (nameA < nameB ? -1 : 1),
  );
  const header: [string, unknown][] = Object.keys(metadata).length > 0 ? [['__metadata__', metadata]] : [];
  const parts: Uint8Array[] = [];
  let offset = 0;
  for (const [name, { shape, dtype, data }] of ordered) {
    if (name === '__metadata__')
      throw new RangeError('safetensorsParts: a tensor must not be named __metadata__');
    if (!(data instanceof arrayOfDtype[dtype])) {
      throw new TypeError(
        `safetensorsParts: tensor ${name} of dtype ${dtype} must be held in ${arrayOfDtype[dtype].name}, but got ${data.constructor.name}`,
      );
    }
    if (sizeOfShape(shape) !== data.length) {
      throw new RangeError(
        `safetensorsParts: tensor ${name} of shape [${shape.join(', ')}] must have ${sizeOfShape(shape)} elements, but got ${data.length}`,
      );
    }
    header.push([name, { dtype, shape, data_offsets: [offset, offset + data.byteLength] }]);
    parts.push(new Uint8Array(data.buffer, data.byteOffset, data.byteLength));
    offset += data.byteLength;
  }
  const json = JSON.stringify(Object.fromEntries(header));
  const bytes = new TextEncoder().encode(json);
  // Spaces up to a multiple of 8, so that the data is aligned.
  const headerBytes = new Uint8Array(8 + Math.ceil(bytes.length / 8) * 8).fill(0x20);
  new DataView(headerBytes.buffer).setBigUint64(0, BigInt(headerBytes.length - 8), true);
  headerBytes.set(bytes, 8);
  return [headerBytes, ...parts];
}
