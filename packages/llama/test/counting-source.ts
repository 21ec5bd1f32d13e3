import type { ByteSource } from '../src/safetensors/byte-source.ts';

/** A source in memory that counts what is read and throws when it is asked for what is not there. */
export function countingSource(name: string, bytes: Uint8Array): ByteSource & { readonly bytesRead: number } {
  let bytesRead = 0;
  return {
    name,
    size: bytes.length,
    get bytesRead() {
      return bytesRead;
    },
    read(offset, length) {
      if (!(offset >= 0 && length >= 0 && offset + length <= bytes.length)) {
        throw new Error(`read(${offset}, ${length}) of ${bytes.length} bytes`);
      }
      bytesRead += length;
      return bytes.slice(offset, offset + length);
    },
  };
}
