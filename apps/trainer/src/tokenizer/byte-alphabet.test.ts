import { describe, expect, it } from 'vitest';
import { byteAlphabet, tokenToBytes } from './byte-alphabet.ts';

describe('byteAlphabet', () => {
  it('gives every byte a character of its own', () => {
    expect(byteAlphabet).toHaveLength(256);
    expect(new Set(byteAlphabet).size).toBe(256);
  });

  it('is the alphabet of GPT-2', () => {
    // Ġ, Ċ and ĉ are known from every GPT-2 vocabulary; U+0143 is its last character, for the soft hyphen.
    expect([0x20, 0x0a, 0x09, 0x41, 0xad].map((byte) => byteAlphabet[byte])).toEqual([
      'Ġ',
      'Ċ',
      'ĉ',
      'A',
      '\u0143',
    ]);
  });
});

describe('tokenToBytes', () => {
  it('inverts the alphabet for all bytes', () => {
    expect(Array.from(tokenToBytes(byteAlphabet.join('')))).toEqual(Array.from({ length: 256 }, (_, b) => b));
  });

  it('names a token outside the alphabet', () => {
    expect(() => tokenToBytes('a b')).toThrow(/tokenToBytes: .*GPT-2 byte alphabet, but got "a b"/);
  });
});
