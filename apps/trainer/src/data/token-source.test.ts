import { describe, expect, it } from 'vitest';
import { forEachPiece, tokensInMemory } from './token-source.ts';

const ids = Int32Array.of(7, 8, 9, 10, 11);

describe('tokensInMemory', () => {
  it('reads any piece, also an empty one at the end', () => {
    const source = tokensInMemory(ids);
    expect(source.length).toBe(5);
    expect(source.read(1, 3)).toEqual(Int32Array.of(8, 9, 10));
    expect(source.read(5, 0)).toEqual(Int32Array.of());
  });

  it.each([
    [-1, 2],
    [3, 3],
    [0, -1],
    [0.5, 1],
    [Number.NaN, 1],
  ])('refuses a piece outside: start %s, count %s', (start, count) => {
    expect(() => tokensInMemory(ids).read(start, count)).toThrow(
      new RegExp(`must lie within the 5 tokens, but got start ${start} and count ${count}`),
    );
  });
});

describe('forEachPiece', () => {
  it('gives all tokens in order, the last piece shorter', () => {
    const pieces: number[][] = [];
    forEachPiece(tokensInMemory(ids), (piece) => pieces.push([...piece]), 2);
    expect(pieces).toEqual([[7, 8], [9, 10], [11]]);
  });
});
