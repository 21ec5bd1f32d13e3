import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { firstInvalidUtf8 } from '../read-text.ts';
import { createUtf8Stream } from './utf8-stream.ts';

const decode = (chunks: readonly Uint8Array[]): string => {
  const stream = createUtf8Stream('a.txt');
  const text = chunks.map((chunk) => stream.push(chunk)).join('');
  stream.end();
  return text;
};
const chunked = (bytes: Uint8Array, sizes: readonly number[]): Uint8Array[] => {
  const chunks: Uint8Array[] = [];
  let at = 0;
  for (const size of sizes) chunks.push(bytes.subarray(at, (at += size)));
  return [...chunks, bytes.subarray(at)];
};
/** The text, or what the error says of the place. */
const textOrPlace = (chunks: readonly Uint8Array[]): string => {
  try {
    return decode(chunks);
  } catch (error) {
    return /byte offset \d+ \(0x/.exec((error as Error).message)![0];
  }
};
const sizes = fc.array(fc.nat(5), { maxLength: 12 });

describe('createUtf8Stream', () => {
  it('decodes text in any chunks, also single bytes', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), sizes, (text, cut) => {
        const clean = text.replaceAll('\0', '').replace(/^\uFEFF/, '');
        expect(decode(chunked(new TextEncoder().encode(clean), cut))).toBe(clean);
      }),
      { seed: 1, numRuns: 300 },
    );
    expect(decode([...Buffer.from('🐋é')].map((byte) => Uint8Array.of(byte)))).toBe('🐋é');
  });

  it('names the offset of the first bad byte, whatever the chunks', () => {
    const near = fc.constantFrom(
      [0xc3],
      [0xe2, 0x82],
      [0xf0, 0x9f, 0x90],
      [0x80],
      [0xff],
      [0xed, 0xa0, 0x80],
      [0x41],
    );
    fc.assert(
      fc.property(fc.array(near, { minLength: 1 }), sizes, (parts, cut) => {
        const bytes = Uint8Array.from([0x41, 0x42, ...parts.flat()]);
        const offset = firstInvalidUtf8(bytes);
        const wanted = offset === -1 ? Buffer.from(bytes).toString() : `byte offset ${offset} (0x`;
        expect(textOrPlace(chunked(bytes, cut))).toBe(wanted);
      }),
      { seed: 1, numRuns: 1000 },
    );
  });

  it('drops a byte-order mark and knows other marks and binary files', () => {
    expect(decode([Uint8Array.of(0xef, 0xbb, 0xbf, 0x41)])).toBe('A');
    expect(() => decode([Uint8Array.of(0xff, 0xfe, 0x41, 0)])).toThrow(/UTF-16 byte-order mark; convert it/);
    expect(() => decode([Uint8Array.of(0x41), Uint8Array.of(0x42, 0)])).toThrow(
      /binary: byte offset 2 is NUL/,
    );
  });
});
