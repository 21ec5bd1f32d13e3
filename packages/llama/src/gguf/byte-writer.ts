import { hasFixedSize, VALUE_BYTES, valueTypeId } from './metadata.ts';
import type { GgufArray, GgufValue } from './metadata.ts';

const encoder = new TextEncoder();

/** Bytes of a header as it grows. Everything is little-endian, as are the typed arrays of every platform tfjs runs on. */
export class ByteWriter {
  #bytes = new Uint8Array(4096);
  #view = new DataView(this.#bytes.buffer);
  #length = 0;

  /** Bytes written so far. */
  get length(): number {
    return this.#length;
  }

  /** What was written, padded with zeros to a multiple of `alignment`. */
  finish(alignment: number): Uint8Array {
    const length = Math.ceil(this.#length / alignment) * alignment;
    this.#reserve(length - this.#length);
    return this.#bytes.subarray(0, length);
  }

  uint32(value: number): void {
    // Making room may replace the view.
    const at = this.#reserve(4);
    this.#view.setUint32(at, value, true);
  }

  uint64(value: number | bigint): void {
    const at = this.#reserve(8);
    this.#view.setBigUint64(at, BigInt(value), true);
  }

  /** A string as GGUF has it: its length in bytes, then UTF-8. */
  string(text: string): void {
    const bytes = encoder.encode(text);
    this.uint64(bytes.length);
    this.#append(bytes);
  }

  /** A value without its type. */
  value({ type, value }: GgufValue): void {
    if (type === 'string') this.string(value);
    else if (type === 'array') this.#array(value);
    else {
      const at = this.#reserve(VALUE_BYTES[type]);
      switch (type) {
        case 'uint8':
          return this.#view.setUint8(at, value);
        case 'int8':
          return this.#view.setInt8(at, value);
        case 'bool':
          return this.#view.setUint8(at, value ? 1 : 0);
        case 'uint16':
          return this.#view.setUint16(at, value, true);
        case 'int16':
          return this.#view.setInt16(at, value, true);
        case 'uint32':
          return this.#view.setUint32(at, value, true);
        case 'int32':
          return this.#view.setInt32(at, value, true);
        case 'float32':
          return this.#view.setFloat32(at, value, true);
        case 'uint64':
          return this.#view.setBigUint64(at, value, true);
        case 'int64':
          return this.#view.setBigInt64(at, value, true);
        case 'float64':
          return this.#view.setFloat64(at, value, true);
      }
    }
  }

  #array({ of, items }: GgufArray): void {
    this.uint32(valueTypeId(of));
    this.uint64(items.length);
    if (of === 'string') for (const item of items) this.string(item);
    else if (of === 'array') for (const item of items) this.#array(item);
    else if (hasFixedSize(of)) {
      this.#append(new Uint8Array(items.buffer, items.byteOffset, items.byteLength));
    }
  }

  #append(bytes: Uint8Array): void {
    const at = this.#reserve(bytes.length);
    this.#bytes.set(bytes, at);
  }

  /** Makes room and returns where it begins. */
  #reserve(count: number): number {
    const at = this.#length;
    this.#length += count;
    if (this.#length > this.#bytes.length) {
      const grown = new Uint8Array(Math.max(this.#length, 2 * this.#bytes.length));
      grown.set(this.#bytes.subarray(0, at));
      this.#bytes = grown;
      this.#view = new DataView(grown.buffer);
    }
    return at;
  }
}
