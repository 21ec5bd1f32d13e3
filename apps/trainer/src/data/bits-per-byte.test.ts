import { describe, expect, it } from 'vitest';
import { bitsPerByte } from './bits-per-byte.ts';

describe('bitsPerByte', () => {
  it('is 8 for a uniform guess over single bytes', () => {
    expect(bitsPerByte(Math.log(256), [1, 2, 3], new Uint16Array(256).fill(1))).toBeCloseTo(8, 14);
  });

  it('divides by the bytes that the targets stand for', () => {
    // Two tokens, 1 + 3 bytes, one bit each.
    expect(bitsPerByte(Math.LN2, [0, 1], [1, 3])).toBeCloseTo(0.5, 14);
  });

  it('rejects no targets and foreign ids', () => {
    expect(() => bitsPerByte(1, [], [1])).toThrow(/at least one target/);
    expect(() => bitsPerByte(1, [2], [1, 1])).toThrow(/ids must be 0 to 1, but got 2/);
  });
});
