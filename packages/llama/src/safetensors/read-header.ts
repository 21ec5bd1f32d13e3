import type { ByteSource } from './byte-source.ts';
import { JsonCursor } from './json-cursor.ts';
import { ELEMENT_BYTES, MAX_HEADER_BYTES } from './safetensors.ts';
import type { SafetensorsDtype, TensorEntry } from './safetensors.ts';
import { listed, quoted, SafetensorsError } from './safetensors-error.ts';

/** A header that was checked against the size of its file. */
export interface SafetensorsHeader {
  readonly tensors: ReadonlyMap<string, TensorEntry>;
  readonly metadata: Readonly<Record<string, string>>;
}

/** An entry as it is written; offsets count from the end of the header. */
interface WrittenEntry {
  readonly name: string;
  readonly dtype: string;
  readonly shape: readonly number[];
  readonly offsets: readonly number[];
}

/**
 * Reads the header of a safetensors file (https://huggingface.co/docs/safetensors). Nothing in it is trusted before it is
 * checked against the bytes there are: no length in it makes this allocate more than the header's own text needs.
 *
 * @throws SafetensorsError naming the file and the field that is malformed
 */
export function readHeader(source: ByteSource): SafetensorsHeader {
  const { name: file, size } = source;
  const fail = (field: string, problem: string): never => {
    throw new SafetensorsError(file, field, problem);
  };
  if (size < 8) fail('the file', `must have at least 8 bytes, but has ${size}; it is cut off`);
  const lengthBytes = source.read(0, 8);
  const length = Number(new DataView(lengthBytes.buffer, lengthBytes.byteOffset, 8).getBigUint64(0, true));
  const most = Math.min(MAX_HEADER_BYTES, size - 8);
  if (length > most) {
    fail(
      'the header length',
      `must be at most ${most}, but is ${length}; the file is cut off or is not safetensors`,
    );
  }
  const { entries, metadata } = parseHeader(file, decodeText(file, source.read(8, length)));
  const dataBytes = size - 8 - length;
  const tensors = new Map<string, TensorEntry>();
  const spans: { name: string; start: number; end: number }[] = [];
  for (const entry of entries) {
    const { start, end } = checkEntry(file, entry, dataBytes);
    const { name, dtype, shape } = entry;
    tensors.set(name, {
      dtype: dtype as SafetensorsDtype,
      shape,
      file,
      offset: 8 + length + start,
      byteLength: end - start,
    });
    spans.push({ name, start, end });
  }
  checkCoverage(file, spans, dataBytes);
  return { tensors, metadata };
}

function decodeText(file: string, bytes: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch (cause) {
    throw new SafetensorsError(file, 'the header', 'must be JSON in UTF-8, but is no UTF-8', { cause });
  }
}

function parseHeader(
  file: string,
  text: string,
): { entries: WrittenEntry[]; metadata: Record<string, string> } {
  const entries: WrittenEntry[] = [];
  const metadata: Record<string, string> = Object.create(null);
  let field = 'the header';
  const cursor = new JsonCursor(text, (problem) => {
    throw new SafetensorsError(file, field, problem);
  });
  cursor.object((name) => {
    if (name === '__metadata__') {
      field = '__metadata__';
      cursor.object((key) => (metadata[key] = cursor.string()));
    } else {
      const tensor = `tensor ${quoted(name)}`;
      const found = new Map<string, unknown>();
      field = `the entry of ${tensor}`;
      cursor.object((key) => {
        field = `${key.slice(0, 100)} of ${tensor}`;
        if (key === 'dtype') found.set(key, cursor.string());
        else if (key === 'shape' || key === 'data_offsets') found.set(key, cursor.counts());
        else throw new SafetensorsError(file, field, 'is no field of the format');
        field = `the entry of ${tensor}`;
      });
      for (const key of ['dtype', 'shape', 'data_offsets']) {
        if (!found.has(key))
          throw new SafetensorsError(file, `${key.slice(0, 100)} of ${tensor}`, 'is missing');
      }
      const [dtype, shape, offsets] = ['dtype', 'shape', 'data_offsets'].map((key) => found.get(key));
      entries.push({ name, dtype, shape, offsets } as WrittenEntry);
    }
    field = 'the header';
  });
  cursor.end();
  return { entries, metadata };
}

function checkEntry(
  file: string,
  { name, dtype, shape, offsets }: WrittenEntry,
  dataBytes: number,
): { start: number; end: number } {
  const fail = (key: string, problem: string): never => {
    throw new SafetensorsError(file, `${key} of tensor ${quoted(name)}`, problem);
  };
  if (!Object.hasOwn(ELEMENT_BYTES, dtype)) {
    fail(
      'dtype',
      `must be one of ${Object.keys(ELEMENT_BYTES).join(', ')}, but is ${quoted(dtype)}; convert it first`,
    );
  }
  if (offsets.length !== 2) fail('data_offsets', `must be two counts, but are ${listed(offsets)}`);
  const [start, end] = offsets as [number, number];
  const size = shape.reduce((product, length) => product * length, 1);
  const needed = size * ELEMENT_BYTES[dtype as SafetensorsDtype];
  if (start > end || end > dataBytes || end - start !== needed) {
    fail(
      'data_offsets',
      `must span ${needed} of the ${dataBytes} bytes of data, as dtype ${dtype} and shape ${listed(shape)} ask, but are [${start}, ${end}]; the file is cut off or was changed`,
    );
  }
  return { start, end };
}

/** The format allows neither holes nor overlaps: they could hide data or make a small file expand. */
function checkCoverage(
  file: string,
  spans: readonly { name: string; start: number; end: number }[],
  dataBytes: number,
): void {
  let covered = 0;
  for (const { name, start, end } of spans.toSorted((a, b) => a.start - b.start || a.end - b.end)) {
    if (start !== covered) {
      throw new SafetensorsError(
        file,
        `data_offsets of tensor ${quoted(name)}`,
        `must start at ${covered}, where the tensor before ends, but start at ${start}`,
      );
    }
    covered = end;
  }
  if (covered !== dataBytes) {
    throw new SafetensorsError(
      file,
      'the data',
      `must be covered by tensors, but they cover ${covered} of its ${dataBytes} bytes`,
    );
  }
}
