import { ELEMENT_BYTES } from './safetensors.ts';
import type { SafeTensor } from './safetensors.ts';

/** A tensor to write: the values decide the dtype, F32, I32 or U8. */
export interface TensorToEncode {
  readonly shape: readonly number[];
  readonly values: Float32Array | Int32Array | Uint8Array;
}

/**
 * Encodes tensors in the safetensors format (https://huggingface.co/docs/safetensors): 8 bytes header length, a JSON
 * header padded with spaces to a multiple of 8, then the values, little-endian, in the order given.
 *
 * @throws RangeError when values do not fill their shape, or a name is `__metadata__`
 */
export function encodeSafetensors(
  tensors: ReadonlyMap<string, TensorToEncode>,
  metadata: Readonly<Record<string, string>> = {},
): Uint8Array<ArrayBuffer> {
  const header: Record<string, unknown> = Object.create(null);
  if (Object.keys(metadata).length > 0) header['__metadata__'] = metadata;
  let end = 0;
  for (const [name, { shape, values }] of tensors) {
    const size = shape.reduce((product, length) => product * length, 1);
    if (values.length !== size) {
      throw new RangeError(
        `encodeSafetensors: ${name} of shape [${shape.join(', ')}] needs ${size} values, but got ${values.length}`,
      );
    }
    if (name === '__metadata__') {
      throw new RangeError('encodeSafetensors: a tensor cannot be called __metadata__; rename it');
    }
    const dtype = dtypeOf(values);
    const start = end;
    end += size * ELEMENT_BYTES[dtype];
    header[name] = { dtype, shape, data_offsets: [start, end] };
  }
  const text = JSON.stringify(header);
  const unpadded = new TextEncoder().encode(text);
  const headerBytes = Math.ceil(unpadded.length / 8) * 8;
  const bytes = new Uint8Array(8 + headerBytes + end);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(headerBytes), true);
  bytes.fill(0x20, 8, 8 + headerBytes);
  bytes.set(unpadded, 8);
  let at = 8 + headerBytes;
  for (const { values } of tensors.values()) {
    bytes.set(new Uint8Array(values.buffer, values.byteOffset, values.byteLength), at);
    at += values.byteLength;
  }
  return bytes;
}

function dtypeOf(values: TensorToEncode['values']): SafeTensor['dtype'] {
  if (values instanceof Float32Array) return 'F32';
  return values instanceof Int32Array ? 'I32' : 'U8';
}
