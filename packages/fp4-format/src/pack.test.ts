import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { packBytes, unpackBytes } from './pack-bytes.ts';
import { packCodes, unpackCodes, wordsPerRow } from './pack.ts';

const matrix = fc
  .tuple(fc.nat({ max: 5 }), fc.nat({ max: 37 }))
  .chain(([rows, cols]) =>
    fc.tuple(
      fc.constant(rows),
      fc.constant(cols),
      fc.uint8Array({ minLength: rows * cols, maxLength: rows * cols, max: 15 }),
    ),
  );

describe('packCodes', () => {
  it('puts code i at bit 4 (i mod 8) and starts each row on a new word', () => {
    const codes = Uint8Array.from({ length: 18 }, (_, i) => (i % 9) + 1);
    expect([...packCodes(codes, 2, 9)].map((word) => (word >>> 0).toString(16))).toEqual([
      '87654321',
      '9',
      '87654321',
      '9',
    ]);
  });

  it('sets the sign bit of the word for a negative code 7', () => {
    expect(packCodes(new Uint8Array([0, 0, 0, 0, 0, 0, 0, 15]), 1, 8)[0]).toBe(0xf0000000 | 0);
  });

  it('is undone by unpackCodes and leaves the tail zero', () => {
    fc.assert(
      fc.property(matrix, ([rows, cols, codes]) => {
        const words = packCodes(codes, rows, cols);
        expect(words.length).toBe(rows * Math.ceil(cols / 8));
        expect(unpackCodes(words, rows, cols)).toEqual(codes);
        const padded = unpackCodes(words, rows, 8 * wordsPerRow(cols));
        expect(padded.reduce((sum, code) => sum + code, 0)).toBe(codes.reduce((sum, code) => sum + code, 0));
      }),
      { seed: 11 },
    );
  });

  it('refuses wrong sizes and codes', () => {
    expect(() => packCodes(new Uint8Array(3), 2, 2)).toThrow(
      /packCodes: codes must have 2 x 2 = 4 elements, but got 3/,
    );
    expect(() => packCodes(new Uint8Array([1, 16]), 1, 2)).toThrow(/codes\[1\] is 16/);
    expect(() => unpackCodes(new Int32Array(1), 1, 9)).toThrow(/words must have 1 x 2 = 2 elements/);
    expect(() => unpackCodes(new Int32Array(0), -1, 8)).toThrow(
      /rows must be a non-negative integer, but got -1/,
    );
  });
});

describe('packBytes', () => {
  it('puts the first code in the low nibble', () => {
    expect([...packBytes(new Uint8Array([1, 2, 3, 4, 5, 6]), 2, 3)]).toEqual([0x21, 0x03, 0x54, 0x06]);
  });

  it('is undone by unpackBytes', () => {
    fc.assert(
      fc.property(matrix, ([rows, cols, codes]) => {
        expect(unpackBytes(packBytes(codes, rows, cols), rows, cols)).toEqual(codes);
      }),
      { seed: 12 },
    );
  });

  it('has the bytes of the words where rows fill their words', () => {
    const codes = Uint8Array.from({ length: 32 }, (_, i) => (i * 7) % 16);
    expect(packBytes(codes, 2, 16)).toEqual(new Uint8Array(packCodes(codes, 2, 16).buffer));
  });

  it('refuses wrong sizes and codes', () => {
    expect(() => packBytes(new Uint8Array([16]), 1, 1)).toThrow(/codes\[0\] is 16/);
    expect(() => unpackBytes(new Uint8Array(1), 1, 3)).toThrow(/bytes must have 1 x 2 = 2 elements/);
  });
});
