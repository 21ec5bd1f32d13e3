import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { jsonErrorOffset } from './json-error-offset.ts';

const parses = (text: string): boolean => {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
};

describe('jsonErrorOffset', () => {
  it.each([
    ['{"a": b}', 6],
    ['{"a": 1,}', 8],
    ['{"a": 1 "b": 2}', 8],
    ['{a: 1}', 1],
    ['{"a": 1', 7],
    ['[1, 2] x', 7],
    ['', 0],
    ['{"a": 01}', 7],
    ["{'a': 1}", 1],
  ])('finds where %s stops being JSON', (text, offset) => {
    expect(jsonErrorOffset(text)).toBe(offset);
  });

  it('accepts what JSON.parse accepts, and nothing else', () => {
    // Mutated JSON: mostly nearly right.
    const mutated = fc
      .tuple(
        fc.json({ maxDepth: 3 }),
        fc.nat(),
        fc.constantFrom('', ',', '"', '}', ']', '0', '-', '\\', ' ', 'e', '\n'),
      )
      .map(
        ([json, at, insert]) =>
          json.slice(0, at % (json.length + 1)) + insert + json.slice((at % (json.length + 1)) + (at % 2)),
      );
    fc.assert(
      fc.property(fc.oneof(fc.json(), mutated), (text) => {
        expect(jsonErrorOffset(text) === -1).toBe(parses(text));
      }),
      { seed: 1, numRuns: 3000 },
    );
  });
});
