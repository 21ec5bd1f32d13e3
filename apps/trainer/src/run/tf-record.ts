import { crc32c } from './crc32c.ts';

/**
 * Frames data as a TFRecord: length, its masked CRC-32C, the data, its masked CRC-32C.
 *
 * Source: tensorflow/core/lib/io/record_writer.cc.
 */
export function tfRecord(data: Uint8Array): Uint8Array {
  const record = new Uint8Array(data.length + 16);
  const view = new DataView(record.buffer);
  view.setBigUint64(0, BigInt(data.length), true);
  view.setUint32(8, mask(crc32c(record.subarray(0, 8))), true);
  record.set(data, 12);
  view.setUint32(12 + data.length, mask(crc32c(data)), true);
  return record;
}

/** A checksum over data that holds its own checksum would be weak. */
const mask = (crc: number): number => (((crc >>> 15) | (crc << 17)) + 0xa282ead8) >>> 0;
