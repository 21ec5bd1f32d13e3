import { ELEMENT_BYTES, MAX_HEADER_BYTES } from './safetensors.ts';
import type { SafetensorsFile, SafeTensor } from './safetensors.ts';
import { widenBfloat16, widenFloat16 } from './widen-floats.ts';

/**
 * Decodes a safetensors file (https://huggingface.co/docs/safetensors). Reads F32, F16, BF16, I32 and U8; nothing in
 * the header is trusted before it is checked against the bytes there are.
 *
 * @throws RangeError naming the field that is malformed: sizes, offsets, shapes
 * @throws TypeError naming the field of a wrong kind, or a dtype that is not read
 */
export function decodeSafetensors(bytes: Uint8Array): SafetensorsFile {
  const { header, dataStart } = readHeader(bytes);
  const tensors = new Map<string, SafeTensor>();
  let metadata: Record<string, string> = {};
  const spans: [start: number, end: number, name: string][] = [];
  for (const [name, entry] of Object.entries(header)) {
    if (name === '__metadata__') {
      metadata = checkMetadata(entry);
      continue;
    }
    const { dtype, shape, start, end } = checkEntry(name, entry, bytes.length - dataStart);
    spans.push([start, end, name]);
    tensors.set(name, { dtype, shape, values: readValues(dtype, bytes, dataStart + start, dataStart + end) });
  }
  checkCoverage(spans, bytes.length - dataStart);
  return { tensors, metadata };
}

function readHeader(bytes: Uint8Array): { header: Record<string, unknown>; dataStart: number } {
  if (bytes.length < 8) {
    throw new RangeError(
      `decodeSafetensors: a file has at least 8 bytes, but got ${bytes.length}; it is cut off`,
    );
  }
  const length = Number(new DataView(bytes.buffer, bytes.byteOffset, 8).getBigUint64(0, true));
  if (length > Math.min(MAX_HEADER_BYTES, bytes.length - 8)) {
    throw new RangeError(
      `decodeSafetensors: the header length must be at most ${Math.min(MAX_HEADER_BYTES, bytes.length - 8)}, but got ${length}; the file is cut off or is not safetensors`,
    );
  }
  let header: unknown;
  try {
    const text = new TextDecoder('utf-8', { fatal: true }).decode(bytes.subarray(8, 8 + length));
    header = JSON.parse(text);
  } catch (error) {
    throw new RangeError('decodeSafetensors: the header must be JSON in UTF-8, but could not be parsed', {
      cause: error,
    });
  }
  if (!isRecord(header)) throw new TypeError('decodeSafetensors: the header must be a JSON object');
  return { header, dataStart: 8 + length };
}

function checkMetadata(entry: unknown): Record<string, string> {
  if (!isRecord(entry) || !Object.values(entry).every((value) => typeof value === 'string')) {
    throw new TypeError('decodeSafetensors: __metadata__ must map strings to strings');
  }
  return entry as Record<string, string>;
}

interface Entry {
  readonly dtype: SafeTensor['dtype'];
  readonly shape: readonly number[];
  readonly start: number;
  readonly end: number;
}

function checkEntry(name: string, entry: unknown, dataBytes: number): Entry {
  const field = (key: string): string => `decodeSafetensors: ${key} of tensor ${JSON.stringify(name)}`;
  if (!isRecord(entry)) throw new TypeError(`${field('the entry')} must be an object`);
  const { dtype, shape, data_offsets: offsets } = entry;
  if (typeof dtype !== 'string' || !Object.hasOwn(ELEMENT_BYTES, dtype)) {
    throw new TypeError(
      `${field('dtype')} must be one of ${Object.keys(ELEMENT_BYTES).join(', ')}, but got ${JSON.stringify(dtype)}`,
    );
  }
  if (!Array.isArray(shape) || !shape.every(isCount)) {
    throw new TypeError(`${field('shape')} must be an array of counts, but got ${JSON.stringify(shape)}`);
  }
  if (!Array.isArray(offsets) || offsets.length !== 2 || !offsets.every(isCount)) {
    throw new TypeError(`${field('data_offsets')} must be two counts, but got ${JSON.stringify(offsets)}`);
  }
  const [start, end] = offsets as [number, number];
  const needed = shape.reduce((product: number, length: number) => product * length, 1);
  const elementBytes = ELEMENT_BYTES[dtype as SafeTensor['dtype']];
  if (start > end || end > dataBytes || end - start !== needed * elementBytes) {
    throw new RangeError(
      `${field('data_offsets')} must span ${needed * elementBytes} of the ${dataBytes} bytes of data, as dtype and shape ask, but got [${start}, ${end}]`,
    );
  }
  return { dtype: dtype as SafeTensor['dtype'], shape, start, end };
}

/** The format allows neither holes nor overlaps: they could hide data or make a small file expand. */
function checkCoverage(spans: [start: number, end: number, name: string][], dataBytes: number): void {
  let covered = 0;
  for (const [start, end, name] of spans.toSorted((a, b) => a[0] - b[0] || a[1] - b[1])) {
    if (start !== covered) {
      throw new RangeError(
        `decodeSafetensors: data_offsets of tensor ${JSON.stringify(name)} must start at ${covered}, where the tensor before ends, but got ${start}`,
      );
    }
    covered = end;
  }
  if (covered !== dataBytes) {
    throw new RangeError(
      `decodeSafetensors: the tensors must cover all ${dataBytes} bytes of data, but cover ${covered}`,
    );
  }
}

function readValues(
  dtype: SafeTensor['dtype'],
  bytes: Uint8Array,
  start: number,
  end: number,
): SafeTensor['values'] {
  // A copy, because typed arrays must be aligned and the header ends anywhere.
  const { buffer } = bytes.slice(start, end);
  switch (dtype) {
    case 'F32':
      return new Float32Array(buffer);
    case 'F16':
      return widenFloat16(new Uint16Array(buffer));
    case 'BF16':
      return widenBfloat16(new Uint16Array(buffer));
    case 'I32':
      return new Int32Array(buffer);
    default:
      return new Uint8Array(buffer);
  }
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isCount(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 0;
}
