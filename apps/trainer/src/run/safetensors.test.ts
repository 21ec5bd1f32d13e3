import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readSafetensors } from './read-safetensors.ts';
import { arrayOfDtype, type HostTensor, type SafetensorsDtype } from './safetensors-dtype.ts';
import { safetensorsParts } from './write-safetensors.ts';

const dtypes = Object.keys(arrayOfDtype) as SafetensorsDtype[];
const join = (parts: readonly Uint8Array[]): Uint8Array => new Uint8Array(Buffer.concat(parts));

/** A file with any header, for files that no writer would write. */
function fileWith(header: unknown, dataBytes: number): Uint8Array {
  const json = new TextEncoder().encode(typeof header === 'string' ? header : JSON.stringify(header));
  const bytes = new Uint8Array(8 + json.length + dataBytes);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(json.length), true);
  bytes.set(json, 8);
  return bytes;
}

const anyTensor = fc
  .record({
    dtype: fc.constantFrom(...dtypes),
    shape: fc.array(fc.nat(4), { maxLength: 3 }),
    fill: fc.uint8Array({ minLength: 1 }),
  })
  .map(({ dtype, shape, fill }): HostTensor => {
    const ArrayType = arrayOfDtype[dtype];
    const length = shape.reduce((size, dim) => size * dim, 1);
    const bytes = Uint8Array.from(
      { length: length * ArrayType.BYTES_PER_ELEMENT },
      (_, i) => fill[i % fill.length]!,
    );
    return { dtype, shape, data: new ArrayType(bytes.buffer) };
  });
const bitsOf = ({ data }: HostTensor): number[] => [
  ...new Uint8Array(data.buffer, data.byteOffset, data.byteLength),
];

const wrong =
  (tensor: HostTensor, name = 'w') =>
  () =>
    safetensorsParts(new Map([[name, tensor]]));

describe('safetensors', () => {
  it('round-trips every dtype bit for bit, NaN payloads and empty tensors with them', () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string(), anyTensor), fc.nat(7), (record, misalign) => {
        const tensors = new Map(Object.entries(record));
        // At an odd place in a larger buffer, as pooled reads are.
        const file = join([new Uint8Array(misalign), ...safetensorsParts(tensors)]).subarray(misalign);
        const back = readSafetensors(file, 'file');
        expect([...back.keys()].toSorted()).toEqual([...tensors.keys()].toSorted());
        for (const [name, tensor] of tensors) {
          expect(back.get(name)).toMatchObject({ dtype: tensor.dtype, shape: tensor.shape });
          expect(bitsOf(back.get(name)!)).toEqual(bitsOf(tensor));
        }
      }),
      { seed: 1, numRuns: 300 },
    );
  });

  it('writes the bytes of the specification', () => {
    const file = join(
      safetensorsParts(new Map([['w', { dtype: 'F32', shape: [2], data: Float32Array.of(1, -2) }]]), {
        format: 'pt',
      }),
    );
    const header = '{"__metadata__":{"format":"pt"},"w":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}';
    const padded = header.padEnd(Math.ceil(header.length / 8) * 8);
    expect(file.subarray(0, 8)).toEqual(Uint8Array.of(padded.length, 0, 0, 0, 0, 0, 0, 0));
    expect(new TextDecoder().decode(file.subarray(8, 8 + padded.length))).toBe(padded);
    expect([...file.subarray(8 + padded.length)]).toEqual([0, 0, 0x80, 0x3f, 0, 0, 0, 0xc0]);
  });

  it('aligns every tensor to its element', () => {
    const tensors = new Map<string, HostTensor>([
      ['a', { dtype: 'U8', shape: [3], data: new Uint8Array(3) }],
      ['b', { dtype: 'F64', shape: [1], data: new Float64Array(1) }],
      ['c', { dtype: 'BF16', shape: [1], data: new Uint16Array(1) }],
    ]);
    expect(safetensorsParts(tensors).map((part) => part.length % 8)).toEqual([0, 0, 2, 3]);
  });

  it('refuses tensors that do not fit', () => {
    expect(wrong({ dtype: 'F32', shape: [3], data: new Float32Array(2) })).toThrow(
      /tensor w of shape \[3\] must have 3 elements, but got 2/,
    );
    expect(wrong({ dtype: 'F32', shape: [2], data: new Int32Array(2) })).toThrow(
      /tensor w of dtype F32 must be held in Float32Array, but got Int32Array/,
    );
    expect(wrong({ dtype: 'U8', shape: [], data: new Uint8Array(1) }, '__metadata__')).toThrow(
      /must not be named __metadata__/,
    );
  });

  it.each([
    ['at least 8 bytes, but it has 4', new Uint8Array(4)],
    ['header length must be at most 2, but it is 255', Uint8Array.of(255, 0, 0, 0, 0, 0, 0, 0, 1, 2)],
    ['header must be JSON, but it cannot be parsed', fileWith('{"w"', 0)],
    ['header must be a JSON object', fileWith([], 0)],
    ['tensor w: field dtype is wrong', fileWith({ w: { dtype: 'F7', shape: [], data_offsets: [0, 4] } }, 4)],
    [
      'tensor w: field shape.1 is wrong',
      fileWith({ w: { dtype: 'U8', shape: [1, -1], data_offsets: [0, 1] } }, 1),
    ],
    ['tensor w: field data_offsets is wrong', fileWith({ w: { dtype: 'U8', shape: [1] } }, 1)],
    [
      'tensor w: data_offsets must span 8 bytes for F32 \\[2\\], but got \\[0, 4\\]',
      fileWith({ w: { dtype: 'F32', shape: [2], data_offsets: [0, 4] } }, 4),
    ],
    [
      'tensor w: data_offsets must end within 4 bytes, but got \\[0, 8\\]',
      fileWith({ w: { dtype: 'F32', shape: [2], data_offsets: [0, 8] } }, 4),
    ],
    [
      'tensor w: data_offsets must begin at 0, without hole or overlap, but got 1',
      fileWith({ w: { dtype: 'U8', shape: [1], data_offsets: [1, 2] } }, 2),
    ],
    [
      'must cover all 3 bytes of data, but they end at 1',
      fileWith({ w: { dtype: 'U8', shape: [1], data_offsets: [0, 1] } }, 3),
    ],
  ])('names what is malformed: %s', (message, bytes) => {
    expect(() => readSafetensors(bytes, 'x.safetensors')).toThrow(
      new RegExp(`readSafetensors: x\\.safetensors: .*${message}`),
    );
  });

  it('notices overlapping tensors', () => {
    const entry = { dtype: 'U8', shape: [2], data_offsets: [0, 2] };
    expect(() => readSafetensors(fileWith({ a: entry, b: entry }, 2), 'x')).toThrow(
      /tensor b: data_offsets must begin at 2/,
    );
  });
});
