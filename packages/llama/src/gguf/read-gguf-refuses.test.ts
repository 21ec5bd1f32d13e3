import { describe, expect, it } from 'vitest';
import { file, header, withInfos, withKey } from '../../test/gguf-bytes.ts';
import type { ByteWriter } from './byte-writer.ts';
import { memorySource } from '../safetensors/byte-source.ts';
import { valueTypeId } from './metadata.ts';
import { readGguf } from './read-gguf.ts';

describe('readGguf', () => {
  const array = (of: number, count: number | bigint) => (writer: ByteWriter) => {
    writer.uint32(valueTypeId('array'));
    writer.uint32(of);
    writer.uint64(count);
  };
  it.each<[string, Uint8Array, string]>([
    ['nothing', new Uint8Array(0), 'the magic number needs 4 bytes, but 0 are left'],
    ['another format', new Uint8Array(64), 'a file must begin with "GGUF", but begins with 0x00000000'],
    ['a version of the past', file((w) => header(w, 0, 0, 1)), 'the version must be 2 or 3, but got 1'],
    ['a big-endian file', file((w) => header(w, 0, 0, 0x0300_0000)), 'it is big-endian'],
    ['only a magic number', file((w) => header(w, 0, 0)).slice(0, 10), 'the number of tensors needs 8 bytes'],
    [
      '2^64 - 1 tensors',
      file((w) => header(w, 2n ** 64n - 1n, 0)),
      'the number of tensors must be at most 0',
    ],
    ['2^63 keys', file((w) => header(w, 0, 2n ** 63n)), 'the number of keys must be at most 0'],
    [
      'a key of 2^40 bytes',
      file((w) => {
        header(w, 0, 1);
        w.uint64(2n ** 40n);
      }, 64),
      'the length of key 0 must be at most 64',
    ],
    [
      'a key that is not UTF-8',
      file((w) => {
        header(w, 0, 1);
        w.uint64(1);
        w.value({ type: 'uint8', value: 0xff });
      }, 32),
      'key 0 must be UTF-8',
    ],
    [
      'a key twice',
      file((w) => {
        header(w, 0, 2);
        for (let i = 0; i < 2; i++) {
          w.string('k');
          w.uint32(valueTypeId('uint32'));
          w.uint32(1);
        }
      }),
      'keys must be unique, but "k" comes twice',
    ],
    ['an unknown value type', withKey((w) => w.uint32(13)), 'the type of "k" must be 0 to 12, but got 13'],
    [
      'a bool of 2',
      withKey((w) => {
        w.uint32(valueTypeId('bool'));
        w.value({ type: 'uint8', value: 2 });
      }),
      '"k" must be 0 or 1, being a bool, but got 2',
    ],
    ['an array of 2^62 numbers', withKey(array(6, 2n ** 62n)), 'the number of items of "k" must be at most'],
    ['an array of 2^60 strings', withKey(array(8, 2n ** 60n)), 'the number of items of "k" must be at most'],
    ['an array of unknown type', withKey(array(99, 0)), 'the type of the items of "k" must be 0 to 12'],
    [
      'arrays in arrays in arrays',
      withKey((w) => {
        array(9, 1)(w);
        for (let depth = 0; depth < 4; depth++) {
          w.uint32(9);
          w.uint64(1);
        }
      }),
      '"k"[0][0][0] must have arrays at most 4 deep',
    ],
    [
      'a value that is cut off',
      file((w) => {
        header(w, 0, 1);
        w.string('k');
        w.uint32(valueTypeId('uint64'));
      }).slice(0, 40),
      '"k" needs 8 bytes, but 3 are left',
    ],
    ['five dimensions', withInfos([{ dimensions: [8, 1, 1, 1, 1] }], 32), 'must be at most 4, but got 5'],
    [
      'a dimension of 0',
      withInfos([{ dimensions: [0] }], 0),
      'dimension 0 of tensor "a" must be 1 to 2^53 - 1',
    ],
    [
      'a dimension of 2^60',
      withInfos([{ dimensions: [2n ** 60n] }], 0),
      'dimension 0 of tensor "a" must be 1 to 2^53 - 1',
    ],
    [
      'a shape that overflows',
      withInfos([{ dimensions: [2 ** 40, 2 ** 40] }], 0),
      'the shape of tensor "a" must have fewer than 2^50 elements',
    ],
    ['a type of the past', withInfos([{ type: 4 }], 32), 'the type of tensor "a" must be one that ggml has'],
    [
      'rows that are no blocks',
      withInfos([{ type: 39, dimensions: [48] }], 64),
      'dimension 0 of tensor "a" must be a multiple of 32, being MXFP4, but got 48',
    ],
    ['an unnamed tensor', withInfos([{ name: '' }], 32), 'the name of tensor 0 must not be empty'],
    [
      'a long name',
      withInfos([{ name: 'n'.repeat(64) }], 32),
      'the length of the name of tensor 0 must be at most 63, but got 64',
    ],
    ['a name twice', withInfos([{}, { offset: 32 }], 64), 'tensor names must be unique, but "a" comes twice'],
    [
      'an offset between alignments',
      withInfos([{}, { name: 'b', offset: 40 }], 96),
      'the offset of tensor "b" must be a multiple of 32, but got 40',
    ],
    [
      'overlapping tensors',
      withInfos([{ dimensions: [16] }, { name: 'b', offset: 32 }], 96),
      'the offset of tensor "b" must be 64, where the tensor before it ends, but got 32',
    ],
    [
      'a hole',
      withInfos([{}, { name: 'b', offset: 64 }], 96),
      'the offset of tensor "b" must be 32, where the tensor before it ends, but got 64',
    ],
    [
      'an offset of 2^63',
      withInfos([{ offset: 2n ** 63n }], 32),
      'the offset of tensor "a" must be in the file',
    ],
    ['a tensor that is cut off', withInfos([{ dimensions: [16] }], 60), 'tensor "a" must end within the'],
    ['bytes of no tensor', withInfos([{}], 33), 'the file must end with its last tensor'],
    [
      'an alignment of 0',
      file((w) => {
        header(w, 0, 1);
        w.string('general.alignment');
        w.uint32(valueTypeId('uint32'));
        w.uint32(0);
      }),
      'general.alignment must be a uint32 that is a power of two',
    ],
  ])('refuses %s', (_, bytes, message) => {
    expect(() => readGguf(memorySource('test.gguf', bytes))).toThrow(message);
  });

  it('refuses a source that gives less than it has', () => {
    const bytes = withInfos([{}], 32);
    const shrunk = { name: 'test.gguf', size: bytes.length, read: () => bytes.subarray(0, 10) };
    expect(() => readGguf(shrunk)).toThrow(/bytes from 0 must be readable, but got 10; the file has changed/);
  });
});
