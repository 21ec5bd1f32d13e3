/** Bytes that can be read anywhere: a file, or an array in memory. */
export interface ByteSource {
  /** What an error calls it: the file's name. */
  readonly name: string;
  /** Bytes there are. */
  readonly size: number;
  /** Returns `length` bytes from `offset` on; never asked for more than there are. */
  read(offset: number, length: number): Uint8Array;
}

/** A source of bytes in memory; what it reads shares them. */
export function memorySource(name: string, bytes: Uint8Array): ByteSource {
  return { name, size: bytes.length, read: (offset, length) => bytes.subarray(offset, offset + length) };
}
