import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { countingSource } from '../../test/counting-source.ts';
import { safetensorsFile as file } from '../../test/safetensors-file.ts';
import { memorySource } from './byte-source.ts';
import { decodeSafetensors } from './decode-safetensors.ts';
import { encodeSafetensors } from './encode-safetensors.ts';
import { openSafetensors } from './open-safetensors.ts';
import { SafetensorsError } from './safetensors-error.ts';

const entry = { dtype: 'U8', shape: [2], data_offsets: [0, 2] };
const two = new Uint8Array(2);
const raw = (tensor: string): Uint8Array => file(`{"a":{${tensor}}}`, two);

describe('a malformed safetensors file', () => {
  it.each<[string, Uint8Array, field: string, problem: string]>([
    ['nothing', new Uint8Array(3), 'the file', 'must have at least 8 bytes, but has 3; it is cut off'],
    ['a header beyond the end', file('{}', two, 100n), 'the header length', 'must be at most 4, but is 100;'],
    [
      'a header of 2^63 bytes',
      file('{}', two, 2n ** 63n),
      'the header length',
      'must be at most 4, but is 9223372036854776000;',
    ],
    ['no UTF-8', file('{"\udc80":{}}', two).fill(0xff, 10, 12), 'the header', 'is no UTF-8'],
    ['a byte order mark', file('\ufeff{}'), 'the header', 'at character 0 there is'],
    ['nothing after a name', file('{"a":'), 'the entry of tensor "a"', 'there is the end instead of "{"'],
    ['a string that does not end', file('{"a'), 'the header', 'instead of a string that ends'],
    [
      'an escape that does not exist',
      file('{"\\x":1}'),
      'the header',
      'control characters and unknown escapes',
    ],
    ['an array', file('[]'), 'the header', 'at character 0 there is "[]" instead of "{"'],
    [
      'something behind the header',
      file('{} {}'),
      'the header',
      'at character 3 there is "{}" instead of the end',
    ],
    [
      'metadata of numbers',
      file({ __metadata__: { a: 1 } }),
      '__metadata__',
      'there is "1}}" instead of a string',
    ],
    ['metadata that is no object', file({ __metadata__: [] }), '__metadata__', 'instead of "{"'],
    ['an entry of null', file({ a: null }), 'the entry of tensor "a"', 'instead of "{"'],
    ['a missing dtype', raw('"shape":[2],"data_offsets":[0,2]'), 'dtype of tensor "a"', 'is missing'],
    ['a missing shape', raw('"dtype":"U8","data_offsets":[0,2]'), 'shape of tensor "a"', 'is missing'],
    ['missing offsets', raw('"dtype":"U8","shape":[2]'), 'data_offsets of tensor "a"', 'is missing'],
    ['an unknown field', file({ a: { ...entry, strides: [1] } }, two), 'strides of tensor "a"', 'no field'],
    ['a field that comes twice', raw('"dtype":"U8","dtype":"U8"'), 'the entry of tensor "a"', 'comes twice'],
    [
      'a tensor that comes twice',
      file('{"a":{"dtype":"U8","shape":[2],"data_offsets":[0,2]},"\\u0061":{}}', two),
      'the header',
      'the key "a" must come once, but comes twice',
    ],
    [
      'an unknown dtype',
      file({ a: { ...entry, dtype: 'F4' } }, two),
      'dtype of tensor "a"',
      'must be one of F32, F16, BF16, I32, U8, but is "F4"; convert it first',
    ],
    [
      'an inherited dtype',
      file({ a: { ...entry, dtype: 'toString' } }, two),
      'dtype of tensor "a"',
      'must be one',
    ],
    [
      'a dtype of null',
      file({ a: { ...entry, dtype: null } }, two),
      'dtype of tensor "a"',
      'instead of a string',
    ],
    [
      'a negative length',
      file({ a: { ...entry, shape: [-2, -1] } }, two),
      'shape of tensor "a"',
      'of a count',
    ],
    [
      'half a length',
      file({ a: { ...entry, shape: [1.5] } }, two),
      'shape of tensor "a"',
      'instead of a count',
    ],
    ['an exponent', raw('"dtype":"U8","shape":[2e0]'), 'shape of tensor "a"', 'instead of a count'],
    ['a leading zero', raw('"dtype":"U8","shape":[02]'), 'shape of tensor "a"', 'instead of a count'],
    ['a length of 2^53', raw(`"shape":[${2 ** 53}]`), 'shape of tensor "a"', 'instead of a count below 2^53'],
    ['a shape of arrays', file({ a: { ...entry, shape: [[2]] } }, two), 'shape of tensor "a"', 'of a count'],
    [
      'offsets of one',
      file({ a: { ...entry, data_offsets: [0] } }, two),
      'data_offsets of tensor "a"',
      'must be two counts, but are [0]',
    ],
    [
      'offsets beyond the data',
      file({ a: { ...entry, shape: [3], data_offsets: [0, 3] } }, two),
      'data_offsets of tensor "a"',
      'must span 3 of the 2 bytes of data, as dtype U8 and shape [3] ask, but are [0, 3]',
    ],
    [
      'offsets that do not fit the shape',
      file({ a: { ...entry, shape: [1] } }, two),
      'data_offsets of tensor "a"',
      'must span 1 of the 2 bytes',
    ],
    [
      'offsets in reverse',
      file({ a: { ...entry, data_offsets: [2, 0] } }, two),
      'data_offsets of tensor "a"',
      'but are [2, 0]',
    ],
    [
      'an overflowing shape',
      file({ a: { ...entry, shape: [2 ** 52, 2 ** 52] } }, two),
      'data_offsets of tensor "a"',
      'as dtype U8 and shape [4503599627370496, 4503599627370496] ask',
    ],
    [
      'overlapping tensors',
      file({ a: entry, b: entry }, two),
      'data_offsets of tensor "b"',
      'must start at 2, where the tensor before ends, but start at 0',
    ],
    [
      'tensors that overlap in part',
      file({ a: entry, b: { ...entry, data_offsets: [1, 3] } }, new Uint8Array(3)),
      'data_offsets of tensor "b"',
      'must start at 2, where the tensor before ends, but start at 1',
    ],
    [
      'a hole',
      file({ a: { ...entry, data_offsets: [1, 3] } }, new Uint8Array(3)),
      'data_offsets of tensor "a"',
      'must start at 0',
    ],
    [
      'data of no tensor',
      file({ a: entry }, new Uint8Array(5)),
      'the data',
      'must be covered by tensors, but they cover 2 of its 5 bytes',
    ],
  ])('is refused by the field: %s', (_, bytes, field, problem) => {
    let error: unknown;
    try {
      openSafetensors(memorySource('weights.safetensors', bytes));
    } catch (thrown) {
      error = thrown;
    }
    expect(error).toBeInstanceOf(SafetensorsError);
    const { message, ...where } = error as SafetensorsError;
    expect(where).toMatchObject({ file: 'weights.safetensors', field });
    expect(message).toContain(`safetensors: weights.safetensors: ${field} `);
    expect(message).toContain(problem);
  });

  it('with a long name or list has a short message', () => {
    const long = file(
      { ['n'.repeat(1e6)]: { ...entry, shape: Array.from({ length: 1e5 }, () => 1) } },
      new Uint8Array(3),
    );
    let message = '';
    try {
      decodeSafetensors(long);
    } catch (error) {
      ({ message } = error as Error);
    }
    expect(message).toContain('must span 1 of the 3 bytes');
    expect(message.length).toBeLessThan(1000);
  });
});

describe('any change of a file', () => {
  const valid = encodeSafetensors(
    new Map([
      ['a', { shape: [2, 2], values: Float32Array.of(1, 2, 3, 4) }],
      ['b', { shape: [3], values: Uint8Array.of(5, 6, 7) }],
    ]),
    { k: 'v' },
  );

  /**
   * Opens a file and reads all of it: whether it was refused. Throws when that was by another kind of error, or when not
   * just the bytes of the file were read, each once.
   */
  function isRefused(bytes: Uint8Array): boolean {
    const source = countingSource('f', bytes);
    let refused = false;
    try {
      const reader = openSafetensors(source);
      for (const name of reader.tensors.keys()) reader.read(name);
    } catch (error) {
      if (!(error instanceof SafetensorsError)) throw error;
      refused = true;
    }
    if (refused ? source.bytesRead > bytes.length : source.bytesRead !== bytes.length) {
      throw new Error(`${source.bytesRead} of ${bytes.length} bytes were read`);
    }
    return refused;
  }

  it('leaves nothing but the file whole or an error: cut at every length', () => {
    expect(isRefused(valid)).toBe(false);
    for (let length = 0; length < valid.length; length++)
      expect(isRefused(valid.subarray(0, length))).toBe(true);
    for (let extra = 1; extra < 9; extra++) {
      expect(isRefused(Uint8Array.from([...valid, ...new Uint8Array(extra)]))).toBe(true);
    }
  });

  it('leaves nothing but the file whole or an error: bytes changed, removed, put in', () => {
    let refused = 0;
    const change = fc.record({
      at: fc.nat(valid.length - 1),
      drop: fc.constantFrom(0, 1, 1, 1, 3),
      add: fc.oneof(
        fc.uint8Array({ maxLength: 2 }),
        fc.constantFrom(...['"', '{', '9', ',', '\\'].map(utf8)),
      ),
    });
    fc.assert(
      fc.property(fc.array(change, { minLength: 1, maxLength: 3 }), (changes) => {
        const bytes = [...valid];
        for (const { at, drop, add } of changes) bytes.splice(at, drop, ...add);
        if (isRefused(Uint8Array.from(bytes))) refused++;
      }),
      { seed: 2, numRuns: 5000 },
    );
    expect(refused).toBeGreaterThan(1000);
  });

  it('leaves nothing but the file whole or an error: any header', () => {
    let refused = 0;
    const value = fc.jsonValue({ maxDepth: 3 });
    const tensor = fc.record(
      { dtype: fc.oneof(fc.constantFrom('F32', 'U8', 'F8'), value), shape: value, data_offsets: value },
      { requiredKeys: [] },
    );
    fc.assert(
      fc.property(
        fc.dictionary(fc.string(), fc.oneof(tensor, value)),
        fc.uint8Array({ maxLength: 16 }),
        (header, data) => void (isRefused(file(header, data)) && refused++),
      ),
      { seed: 3, numRuns: 2000 },
    );
    expect(refused).toBeGreaterThan(1000);
  });
});

function utf8(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}
