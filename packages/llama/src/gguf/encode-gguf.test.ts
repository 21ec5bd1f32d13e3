import { describe, expect, it } from 'vitest';
import { joined, tensor } from '../../test/gguf-bytes.ts';
import { encodeGguf } from './encode-gguf.ts';
import type { GgufTensorToWrite } from './encode-gguf.ts';
import type { GgufMetadata, GgufValue } from './metadata.ts';

describe('encodeGguf', () => {
  it('writes the bytes of the format', () => {
    const metadata: GgufMetadata = new Map([['n', { type: 'uint32', value: 7 }]]);
    const bytes = joined(
      encodeGguf(metadata, [
        { name: 'w', type: 'F32', shape: [1, 2], bytes: () => Uint8Array.of(1, 2, 3, 4, 5, 6, 7, 8) },
        tensor('v', 'NVFP4', [2, 64], 9),
      ]),
    );
    const u32 = (value: number): number[] => [value, 0, 0, 0];
    const u64 = (value: number): number[] => [...u32(value), ...u32(0)];
    const expected = [
      [0x47, 0x47, 0x55, 0x46, ...u32(3), ...u64(2), ...u64(1)],
      [...u64(1), 0x6e, ...u32(4), ...u32(7)],
      // ggml lists the innermost dimension first.
      [...u64(1), 0x77, ...u32(2), ...u64(2), ...u64(1), ...u32(0), ...u64(0)],
      [...u64(1), 0x76, ...u32(2), ...u64(64), ...u64(2), ...u32(40), ...u64(32)],
    ].flat();
    const padding = Array.from({ length: (32 - (expected.length % 32)) % 32 }, () => 0);
    const data = [1, 2, 3, 4, 5, 6, 7, 8, ...Array.from({ length: 24 }, () => 0)];
    const last = Array.from({ length: 96 }, (_, i) => (i < 72 ? 9 : 0));
    expect([...bytes]).toEqual([...expected, ...padding, ...data, ...last]);
  });

  it('asks for the bytes of a tensor only when its turn comes', () => {
    const asked: string[] = [];
    const late = (name: string): GgufTensorToWrite => ({
      ...tensor(name, 'F32', [16]),
      bytes: () => {
        asked.push(name);
        return new Uint8Array(64);
      },
    });
    const chunks = encodeGguf(new Map(), [late('a'), late('b')]).chunks[Symbol.iterator]();
    chunks.next();
    expect(asked).toEqual([]);
    chunks.next();
    expect(asked).toEqual(['a']);
    chunks.next();
    expect(asked).toEqual(['a', 'b']);
  });

  const write =
    (metadata: [string, GgufValue][], tensors: GgufTensorToWrite[] = []) =>
    () =>
      joined(encodeGguf(new Map(metadata), tensors));
  it.each<[string, () => unknown, string]>([
    ['an empty key', write([['', { type: 'bool', value: true }]]), 'a key must have 1 to 65535 bytes'],
    [
      'a number out of range',
      write([['k', { type: 'uint8', value: 256 }]]),
      'k must be an integer from 0 to 255, being uint8, but got 256',
    ],
    ['a fraction', write([['k', { type: 'int32', value: 0.5 }]]), 'k must be an integer'],
    ['a bigint out of range', write([['k', { type: 'int64', value: 2n ** 63n }]]), 'k must fit in int64'],
    ['a negative count', write([['k', { type: 'uint64', value: -1n }]]), 'k must fit in uint64'],
    [
      'an odd alignment',
      write([['general.alignment', { type: 'uint32', value: 48 }]]),
      'general.alignment must be a uint32 that is a power of two',
    ],
    ['a long name', write([], [tensor('n'.repeat(64), 'F32', [8])]), 'a tensor name must have 1 to 63 bytes'],
    [
      'a name twice',
      write([], [tensor('a', 'F32', [8]), tensor('a', 'F32', [8])]),
      'tensor names must be unique, but a comes twice',
    ],
    [
      'five dimensions',
      write([], [tensor('a', 'F32', [1, 1, 1, 1, 8])]),
      'the shape of a must be at most 4 positive integers',
    ],
    ['an empty dimension', write([], [tensor('a', 'F32', [0])]), 'must be at most 4 positive integers'],
    [
      'rows that are no blocks',
      write([], [{ ...tensor('a', 'F32', [2, 48]), type: 'MXFP4' }]),
      'rows of MXFP4 must be a multiple of 32 long, but got 48',
    ],
    [
      'bytes that do not fill a tensor',
      write([], [{ ...tensor('a', 'F32', [8]), bytes: () => new Uint8Array(31) }]),
      'tensor a must have 32 bytes, but got 31',
    ],
  ])('refuses %s', (_, run, message) => {
    expect(run).toThrow(message);
  });
});
