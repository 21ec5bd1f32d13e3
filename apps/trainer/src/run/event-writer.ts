import { closeSync, openSync, writeSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { crc32c } from './crc32c.ts';
import { makeFolder } from './make-folder.ts';

/** Writes scalars that TensorBoard shows. */
export interface EventWriter {
  /** The file that is written. */
  readonly path: string;
  /** Adds one point of a curve. */
  scalar(tag: string, value: number, step: number): void;
  /** Closes the file. */
  close(): void;
}

/** Options of {@link createEventWriter}. */
export interface EventWriterOptions {
  /** Step that a resumed run goes on after: TensorBoard drops what an earlier file has after it. */
  resumeStep?: number;
  /** Seconds since 1970; default the system's clock. */
  nowSeconds?: () => number;
}

/**
 * Opens a TensorBoard event file in a folder: TFRecords of `Event` messages.
 *
 * Source: tensorflow/core/util/event.proto, tensorflow/core/framework/summary.proto and lib/io/record_writer.cc.
 *
 * @param folder - Made if it is not there.
 */
export function createEventWriter(folder: string, options: EventWriterOptions = {}): EventWriter {
  const { resumeStep, nowSeconds = () => Date.now() / 1000 } = options;
  makeFolder(folder);
  const seconds = String(Math.floor(nowSeconds())).padStart(10, '0');
  const path = join(folder, `events.out.tfevents.${seconds}.${hostname()}.${process.pid}`);
  const file = openSync(path, 'a');
  const write = (...fields: Uint8Array[]): void => {
    writeSync(file, tfRecord(message(float64(1, nowSeconds()), ...fields)));
  };
  write(bytesField(3, utf8('brain.Event:2')));
  // SessionLog with status START: what restarted training purges in TensorBoard.
  if (resumeStep !== undefined) write(varintField(2, resumeStep + 1), bytesField(7, varintField(1, 1)));
  return {
    path,
    scalar: (tag, value, step) =>
      write(
        varintField(2, step),
        bytesField(5, bytesField(1, message(bytesField(1, utf8(tag)), float32(2, value)))),
      ),
    close: () => closeSync(file),
  };
}

/** Length, its masked checksum, the data, its masked checksum. */
function tfRecord(data: Uint8Array): Uint8Array {
  const record = new Uint8Array(data.length + 16);
  const view = new DataView(record.buffer);
  view.setBigUint64(0, BigInt(data.length), true);
  view.setUint32(8, mask(crc32c(record.subarray(0, 8))), true);
  record.set(data, 12);
  view.setUint32(12 + data.length, mask(crc32c(data)), true);
  return record;
}

/** TFRecord's mask, as a checksum over data that holds its own checksum would be weak. */
const mask = (crc: number): number => (((crc >>> 15) | (crc << 17)) + 0xa282ead8) >>> 0;

const utf8 = (text: string): Uint8Array => new TextEncoder().encode(text);
const message = (...fields: Uint8Array[]): Uint8Array => new Uint8Array(Buffer.concat(fields));

function varint(value: number): number[] {
  const bytes: number[] = [];
  let rest = value;
  for (; rest > 127; rest = Math.floor(rest / 128)) bytes.push((rest % 128) | 128);
  return [...bytes, rest];
}

// Protocol buffers: a field is its number and wire type (0 varint, 1 eight bytes, 2 length-delimited, 5 four bytes), then the value.
const varintField = (field: number, value: number): Uint8Array => Uint8Array.of(field << 3, ...varint(value));
const bytesField = (field: number, value: Uint8Array): Uint8Array =>
  Uint8Array.of((field << 3) | 2, ...varint(value.length), ...value);

function float64(field: number, value: number): Uint8Array {
  const bytes = new Uint8Array(9).fill((field << 3) | 1, 0, 1);
  new DataView(bytes.buffer).setFloat64(1, value, true);
  return bytes;
}

function float32(field: number, value: number): Uint8Array {
  const bytes = new Uint8Array(5).fill((field << 3) | 5, 0, 1);
  new DataView(bytes.buffer).setFloat32(1, value, true);
  return bytes;
}
