import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { didYouMean, levenshtein, nearest } from './nearest.ts';

describe('levenshtein', () => {
  it('knows the textbook distances', () => {
    expect(levenshtein('kitten', 'sitting')).toBe(3);
    expect(levenshtein('saturday', 'sunday')).toBe(3);
    expect(levenshtein('', 'abc')).toBe(3);
  });

  it('is a metric', () => {
    const word = fc.string({ unit: fc.constantFrom('a', 'b', 'c'), maxLength: 6 });
    fc.assert(
      fc.property(word, word, word, (a, b, c) => {
        expect(levenshtein(a, b)).toBe(levenshtein(b, a));
        expect(levenshtein(a, b) === 0).toBe(a === b);
        expect(levenshtein(a, c)).toBeLessThanOrEqual(levenshtein(a, b) + levenshtein(b, c));
      }),
      { seed: 1 },
    );
  });
});

describe('nearest', () => {
  const names = ['fp4-paper', 'fp4-direct', 'f32', 'learningRate'];

  it.each([
    ['fp4-papr', 'fp4-paper'],
    ['fp4paper', 'fp4-paper'],
    ['F32', 'f32'],
    ['f23', 'f32'],
    ['learning_rate', 'learningRate'],
    ['lerningrate', 'learningRate'],
  ])('finds %s to be %s', (word, expected) => {
    // f23 to f32 is two edits of three letters: too far.
    expect(nearest(word, names)).toBe(word === 'f23' ? undefined : expected);
  });

  it('suggests nothing when nothing is near', () => {
    expect(nearest('banana', names)).toBeUndefined();
    expect(nearest('x', [])).toBeUndefined();
  });
});

describe('didYouMean', () => {
  it('ends a message', () => {
    expect(didYouMean('webgpuu', ['wasm', 'webgpu'])).toBe('; did you mean "webgpu"?');
    expect(didYouMean('banana', ['wasm', 'webgpu'])).toBe('');
  });
});
