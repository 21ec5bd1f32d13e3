import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decodeSafetensors } from './decode-safetensors.ts';
import { encodeSafetensors } from './encode-safetensors.ts';
import type { TensorToEncode } from './encode-safetensors.ts';

function file(header: unknown, data: Uint8Array = new Uint8Array(0), length?: bigint): Uint8Array {
  const text = new TextEncoder().encode(typeof header === 'string' ? header : JSON.stringify(header));
  const bytes = new Uint8Array(8 + text.length + data.length);
  new DataView(bytes.buffer).setBigUint64(0, length ?? BigInt(text.length), true);
  bytes.set(text, 8);
  bytes.set(data, 8 + text.length);
  return bytes;
}

describe('encodeSafetensors', () => {
  it('writes the bytes of the format', () => {
    const bytes = encodeSafetensors(new Map([['a', { shape: [2], values: Float32Array.of(1, -2) }]]));
    const header = '{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}  ';
    expect(bytes.slice(0, 8)).toEqual(Uint8Array.of(header.length, 0, 0, 0, 0, 0, 0, 0));
    expect(new TextDecoder().decode(bytes.slice(8, 8 + header.length))).toBe(header);
    expect(bytes.slice(8 + header.length)).toEqual(Uint8Array.of(0, 0, 0x80, 0x3f, 0, 0, 0, 0xc0));
  });
  it('refuses values that do not fill their shape, and a reserved name', () => {
    const encode = (name: string, shape: number[]): Uint8Array =>
      encodeSafetensors(new Map([[name, { shape, values: Float32Array.of(1, 2) }]]));
    expect(() => encode('w', [3])).toThrow('encodeSafetensors: w of shape [3] needs 3 values, but got 2');
    expect(() => encode('__metadata__', [2])).toThrow('a tensor cannot be called __metadata__; rename it');
  });
});

describe('decodeSafetensors', () => {
  it('reads what encodeSafetensors writes', () => {
    const arrays = fc.oneof(
      fc.float32Array({ maxLength: 12 }),
      fc.int32Array({ maxLength: 12 }),
      fc.uint8Array({ maxLength: 12 }),
    );
    const names = fc.string({ unit: 'grapheme' }).filter((name) => name !== '__metadata__');
    fc.assert(
      fc.property(
        fc.array(fc.tuple(names, arrays)),
        fc.dictionary(fc.string(), fc.string()),
        (entries, metadata) => {
          const tensors = new Map<string, TensorToEncode>(
            entries.map(([name, values]) => [name, { shape: [values.length], values }]),
          );
          const decoded = decodeSafetensors(encodeSafetensors(tensors, metadata));
          expect(decoded.tensors.size).toBe(tensors.size);
          for (const [name, { shape, values }] of tensors) {
            const found = decoded.tensors.get(name)!;
            expect(found.shape).toEqual(shape);
            expect(found.values).toEqual(values);
          }
          expect({ ...decoded.metadata }).toEqual({ ...metadata });
        },
      ),
      { seed: 1, numRuns: 200 },
    );
  });

  it('widens F16 and BF16 exactly', () => {
    const codes = [0x3c00, 0xc000, 0x0001, 0x03ff, 0x7bff, 0x7c00, 0xfc00, 0x8000, 0x3555];
    const half = decodeSafetensors(
      file(
        { h: { dtype: 'F16', shape: [9], data_offsets: [0, 18] } },
        new Uint8Array(Uint16Array.from(codes).buffer),
      ),
    );
    expect(half.tensors.get('h')!.values).toEqual(
      Float32Array.of(1, -2, 2 ** -24, 1023 * 2 ** -24, 65504, Infinity, -Infinity, -0, 0.333251953125),
    );
    const brain = decodeSafetensors(
      file(
        { b: { dtype: 'BF16', shape: [3, 1], data_offsets: [0, 6] } },
        new Uint8Array(Uint16Array.of(0x3f80, 0xc040, 0x0001).buffer),
      ),
    );
    expect(brain.tensors.get('b')!.values).toEqual(Float32Array.of(1, -3, 2 ** -133));
  });

  const entry = { dtype: 'U8', shape: [2], data_offsets: [0, 2] };
  const two = new Uint8Array(2);
  it.each<[string, Uint8Array, string]>([
    ['nothing', new Uint8Array(3), 'a file has at least 8 bytes, but got 3'],
    ['a header beyond the end', file('{}', two, 100n), 'the header length must be at most 4, but got 100'],
    [
      'a header of 2^63 bytes',
      file('{}', two, 2n ** 63n),
      'the header length must be at most 4, but got 9223372036854776000',
    ],
    ['no JSON', file('{"a":'), 'the header must be JSON in UTF-8'],
    ['an array', file('[]'), 'the header must be a JSON object'],
    ['metadata of numbers', file({ __metadata__: { a: 1 } }), '__metadata__ must map strings to strings'],
    ['an entry of null', file({ a: null }), 'the entry of tensor "a" must be an object'],
    [
      'an unknown dtype',
      file({ a: { ...entry, dtype: 'F4' } }, two),
      'dtype of tensor "a" must be one of F32, F16',
    ],
    ['an inherited dtype', file({ a: { ...entry, dtype: 'toString' } }, two), 'dtype of tensor "a"'],
    [
      'a negative length',
      file({ a: { ...entry, shape: [-2, -1] } }, two),
      'shape of tensor "a" must be an array of counts',
    ],
    [
      'offsets of one',
      file({ a: { ...entry, data_offsets: [0] } }, two),
      'data_offsets of tensor "a" must be two counts',
    ],
    [
      'offsets beyond the data',
      file({ a: { ...entry, shape: [3], data_offsets: [0, 3] } }, two),
      'must span 3 of the 2 bytes',
    ],
    [
      'offsets that do not fit the shape',
      file({ a: { ...entry, shape: [1] } }, two),
      'must span 1 of the 2 bytes',
    ],
    ['offsets in reverse', file({ a: { ...entry, data_offsets: [2, 0] } }, two), 'but got [2, 0]'],
    [
      'an overflowing shape',
      file({ a: { ...entry, shape: [2 ** 52, 2 ** 52] } }, two),
      'data_offsets of tensor "a"',
    ],
    ['overlapping tensors', file({ a: entry, b: entry }, two), 'data_offsets of tensor "b" must start at 2'],
    ['a hole', file({ a: { ...entry, data_offsets: [1, 3] } }, new Uint8Array(3)), 'must start at 0'],
    [
      'data of no tensor',
      file({ a: entry }, new Uint8Array(5)),
      'must cover all 5 bytes of data, but cover 2',
    ],
  ])('refuses %s', (_, bytes, message) => {
    expect(() => decodeSafetensors(bytes)).toThrow(message);
  });

  it('answers any bytes with tensors, a RangeError or a TypeError', () => {
    const valid = encodeSafetensors(
      new Map([['a', { shape: [2, 2], values: Float32Array.of(1, 2, 3, 4) }]]),
      { k: 'v' },
    );
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.nat(valid.length - 1), fc.nat(255)), { maxLength: 4 }), (changes) => {
        const bytes = valid.slice();
        for (const [at, value] of changes) bytes[at] = value;
        let error: unknown;
        try {
          decodeSafetensors(bytes);
        } catch (thrown) {
          error = thrown;
        }
        expect(error === undefined || error instanceof RangeError || error instanceof TypeError).toBe(true);
      }),
      { seed: 2, numRuns: 2000 },
    );
  });
});
