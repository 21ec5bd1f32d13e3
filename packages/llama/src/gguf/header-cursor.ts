import type { ByteSource } from '../safetensors/byte-source.ts';

/** Bytes that are read ahead. */
const WINDOW_BYTES = 65_536;

const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/**
 * Reads a header from front to back and lets nothing pass that is not there: each read names the field it is for, and
 * is checked against the bytes that are left before anything is allocated.
 */
export class HeaderCursor {
  readonly #source: ByteSource;
  #at: number;
  #window: Uint8Array = new Uint8Array(0);
  #windowStart = 0;

  constructor(source: ByteSource, at = 0) {
    this.#source = source;
    this.#at = at;
  }

  /** Where the next read begins. */
  get at(): number {
    return this.#at;
  }

  /** Bytes to the end. */
  get left(): number {
    return this.#source.size - this.#at;
  }

  /** The next `length` bytes; valid until the next read. */
  bytes(length: number, field: string): Uint8Array {
    this.#require(length, field);
    const start = this.#at - this.#windowStart;
    this.#at += length;
    if (start >= 0 && start + length <= this.#window.length) {
      return this.#window.subarray(start, start + length);
    }
    const offset = this.#at - length;
    if (length >= WINDOW_BYTES) return readExactly(this.#source, offset, length);
    this.#windowStart = offset;
    this.#window = readExactly(this.#source, offset, Math.min(WINDOW_BYTES, this.#source.size - offset));
    return this.#window.subarray(0, length);
  }

  /** Goes on after `length` bytes. */
  skip(length: number, field: string): void {
    this.#require(length, field);
    this.#at += length;
  }

  /** A view of the next `length` bytes. */
  view(length: number, field: string): DataView {
    const bytes = this.bytes(length, field);
    return new DataView(bytes.buffer, bytes.byteOffset, length);
  }

  uint32(field: string): number {
    return this.view(4, field).getUint32(0, true);
  }

  /**
   * A count of things of at least `leastBytes` bytes each, which the bytes that are left can hold.
   *
   * @throws RangeError when it cannot be true, or is greater than `greatest`
   */
  count(field: string, leastBytes: number, greatest: number = Infinity): number {
    const count = this.view(8, field).getBigUint64(0, true);
    const most = Math.min(Math.floor(this.left / leastBytes), greatest);
    if (count > most) {
      throw new RangeError(
        `readGguf: ${field} must be at most ${most}, but got ${count}; the file is cut off or malformed`,
      );
    }
    return Number(count);
  }

  /** A string: its length in bytes, then UTF-8. */
  string(field: string, greatestBytes: number = Infinity): string {
    const length = this.count(`the length of ${field}`, 1, greatestBytes);
    const bytes = this.bytes(length, field);
    try {
      return decoder.decode(bytes);
    } catch (cause) {
      throw new RangeError(`readGguf: ${field} must be UTF-8, but is not`, { cause });
    }
  }

  #require(length: number, field: string): void {
    if (length > this.left) {
      throw new RangeError(
        `readGguf: ${field} needs ${length} bytes, but ${this.left} are left; the file is cut off or malformed`,
      );
    }
  }
}

/**
 * Reads from a source and makes sure that it gave what was asked for: a file may shrink while it is read.
 *
 * @throws RangeError when it gave fewer bytes
 */
export function readExactly(source: ByteSource, offset: number, length: number): Uint8Array {
  const bytes = source.read(offset, length);
  if (bytes.length !== length) {
    throw new RangeError(
      `readGguf: ${length} bytes from ${offset} must be readable, but got ${bytes.length}; the file has changed`,
    );
  }
  return bytes;
}
