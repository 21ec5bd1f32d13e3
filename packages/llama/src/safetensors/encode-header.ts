import { ELEMENT_BYTES } from './safetensors.ts';
import type { SafetensorsDtype } from './safetensors.ts';

/** What a header says of a tensor that is to be written. */
export interface TensorToDeclare {
  /** Unique in the file. */
  readonly name: string;
  /** Element type in the file. */
  readonly dtype: SafetensorsDtype;
  /** Row-major. */
  readonly shape: readonly number[];
}

/** Bytes that a tensor's values take. */
export function tensorBytes({ dtype, shape }: Pick<TensorToDeclare, 'dtype' | 'shape'>): number {
  return ELEMENT_BYTES[dtype] * shape.reduce((product, length) => product * length, 1);
}

/**
 * The beginning of a safetensors file (https://huggingface.co/docs/safetensors): 8 bytes header length and a JSON header
 * padded with spaces to a multiple of 8. The values follow, little-endian, in the order of `tensors`, without gaps.
 *
 * @throws RangeError when a name is `__metadata__` or comes twice
 */
export function encodeHeader(
  tensors: readonly TensorToDeclare[],
  metadata: Readonly<Record<string, string>> = {},
): Uint8Array<ArrayBuffer> {
  const header: Record<string, unknown> = Object.create(null);
  if (Object.keys(metadata).length > 0) header['__metadata__'] = metadata;
  let end = 0;
  for (const { name, dtype, shape } of tensors) {
    if (name === '__metadata__' || Object.hasOwn(header, name)) {
      throw new RangeError(
        `encodeHeader: tensors must have names of their own, but got ${JSON.stringify(name)}; rename it`,
      );
    }
    const start = end;
    end += tensorBytes({ dtype, shape });
    header[name] = { dtype, shape, data_offsets: [start, end] };
  }
  const text = new TextEncoder().encode(JSON.stringify(header));
  const length = Math.ceil(text.length / 8) * 8;
  const bytes = new Uint8Array(8 + length).fill(0x20);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(length), true);
  bytes.set(text, 8);
  return bytes;
}
