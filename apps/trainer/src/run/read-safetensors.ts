import { z } from 'zod';
import { arrayOfDtype, sizeOfShape, type HostTensor, type SafetensorsDtype } from './safetensors-dtype.ts';

const count = z.int().min(0);
const entry = z.object({
  dtype: z.enum(Object.keys(arrayOfDtype) as [SafetensorsDtype, ...SafetensorsDtype[]]),
  shape: z.array(count),
  data_offsets: z.tuple([count, count]),
});

/** Longest header that the reference implementation accepts. */
const maxHeaderBytes = 100_000_000;

/**
 * Returns the tensors of a safetensors file, as views into its bytes where their alignment allows.
 *
 * @param bytes - The whole file.
 * @param name - What to call the file in a message.
 * @throws RangeError that names the file and the field when the header is too long, no JSON or lacks a field; when a
 *   dtype is unknown, offsets do not fit the shape, or the tensors do not cover the data exactly.
 * Source: https://github.com/huggingface/safetensors#format
 */
export function readSafetensors(bytes: Uint8Array, name: string): Map<string, HostTensor> {
  const fail = (what: string): never => {
    throw new RangeError(`readSafetensors: ${name}: ${what}`);
  };
  if (bytes.length < 8) fail(`the file must have at least 8 bytes, but it has ${bytes.length}`);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const headerLength = Number(view.getBigUint64(0, true));
  if (headerLength > maxHeaderBytes || headerLength > bytes.length - 8) {
    fail(
      `the header length must be at most ${Math.min(maxHeaderBytes, bytes.length - 8)}, but it is ${headerLength}`,
    );
  }
  const dataStart = 8 + headerLength;
  const header = parseHeader(bytes.subarray(8, dataStart), fail);

  const tensors = new Map<string, HostTensor>();
  const ranges: { begin: number; end: number; tensor: string }[] = [];
  for (const [tensor, value] of Object.entries(header)) {
    if (tensor === '__metadata__') continue;
    const parsed = entry.safeParse(value);
    if (!parsed.success) {
      const issue = parsed.error.issues[0]!;
      return fail(`tensor ${tensor}: field ${issue.path.join('.') || 'entry'} is wrong: ${issue.message}`);
    }
    const { dtype, shape, data_offsets } = parsed.data;
    const [begin, end] = data_offsets;
    const bytesWanted = sizeOfShape(shape) * arrayOfDtype[dtype].BYTES_PER_ELEMENT;
    if (end - begin !== bytesWanted) {
      fail(
        `tensor ${tensor}: data_offsets must span ${bytesWanted} bytes for ${dtype} [${shape.join(', ')}], but got [${begin}, ${end}]`,
      );
    }
    if (dataStart + end > bytes.length) {
      fail(
        `tensor ${tensor}: data_offsets must end within ${bytes.length - dataStart} bytes, but got [${begin}, ${end}]`,
      );
    }
    ranges.push({ begin, end, tensor });
    const data = bytes.subarray(dataStart + begin, dataStart + end);
    tensors.set(tensor, { shape, dtype, data: viewAs(dtype, data) });
  }

  let covered = 0;
  for (const { begin, end, tensor } of ranges.toSorted((a, b) => a.begin - b.begin || a.end - b.end)) {
    if (begin !== covered)
      fail(
        `tensor ${tensor}: data_offsets must begin at ${covered}, without hole or overlap, but got ${begin}`,
      );
    covered = end;
  }
  if (dataStart + covered !== bytes.length) {
    fail(`the tensors must cover all ${bytes.length - dataStart} bytes of data, but they end at ${covered}`);
  }
  return tensors;
}

function parseHeader(bytes: Uint8Array, fail: (what: string) => never): Record<string, unknown> {
  let header: unknown;
  try {
    header = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch {
    return fail('the header must be JSON, but it cannot be parsed');
  }
  if (typeof header !== 'object' || header === null || Array.isArray(header)) {
    return fail('the header must be a JSON object');
  }
  return header as Record<string, unknown>;
}

function viewAs(dtype: SafetensorsDtype, bytes: Uint8Array): HostTensor['data'] {
  const ArrayType = arrayOfDtype[dtype];
  const aligned = bytes.byteOffset % ArrayType.BYTES_PER_ELEMENT === 0 ? bytes : bytes.slice();
  return new ArrayType(
    aligned.buffer as ArrayBuffer,
    aligned.byteOffset,
    aligned.byteLength / ArrayType.BYTES_PER_ELEMENT,
  );
}
