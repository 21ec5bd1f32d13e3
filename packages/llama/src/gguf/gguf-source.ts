/**
 * Bytes that can be read anywhere: a file, or an array in memory. Reading is synchronous, so that a whole header is
 * checked before anything else happens.
 */
export interface GgufSource {
  /** Bytes there are. */
  readonly size: number;
  /** Returns `length` bytes from `offset` on; never asked for more than there are. */
  read(offset: number, length: number): Uint8Array;
}

/** A source of bytes in memory; what it reads shares them. */
export function bytesSource(bytes: Uint8Array): GgufSource {
  return { size: bytes.length, read: (offset, length) => bytes.subarray(offset, offset + length) };
}
