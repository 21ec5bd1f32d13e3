import { encodeHeader, tensorBytes } from './encode-header.ts';
import type { SafetensorsDtype } from './safetensors.ts';

/** A tensor to write: the values decide the dtype, F32, I32 or U8. */
export interface TensorToEncode {
  /** Row-major. */
  readonly shape: readonly number[];
  /** float32, as many as the shape has elements. */
  readonly values: Float32Array | Int32Array | Uint8Array;
}

/**
 * Encodes tensors in the safetensors format (https://huggingface.co/docs/safetensors), in the order given.
 *
 * @throws RangeError when values do not fill their shape, or a name is `__metadata__`
 */
export function encodeSafetensors(
  tensors: ReadonlyMap<string, TensorToEncode>,
  metadata: Readonly<Record<string, string>> = {},
): Uint8Array<ArrayBuffer> {
  const declared = [...tensors].map(([name, { shape, values }]) => {
    const tensor = { name, dtype: dtypeOf(values), shape };
    if (tensorBytes(tensor) !== values.byteLength) {
      throw new RangeError(
        `encodeSafetensors: ${name} of shape [${shape.join(', ')}] needs ${shape.reduce((size, length) => size * length, 1)} values, but got ${values.length}`,
      );
    }
    return tensor;
  });
  const header = encodeHeader(declared, metadata);
  let at = header.length;
  const bytes = new Uint8Array(declared.reduce((size, tensor) => size + tensorBytes(tensor), at));
  bytes.set(header);
  for (const { values } of tensors.values()) {
    bytes.set(new Uint8Array(values.buffer, values.byteOffset, values.byteLength), at);
    at += values.byteLength;
  }
  return bytes;
}

function dtypeOf(values: TensorToEncode['values']): SafetensorsDtype {
  if (values instanceof Float32Array) return 'F32';
  return values instanceof Int32Array ? 'I32' : 'U8';
}
