import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { endOfText, forEachPreToken } from './pre-tokenize.ts';

const preTokens = (text: string): string[] => {
  const all: string[] = [];
  forEachPreToken(text, (preToken) => all.push(preToken));
  return all;
};

describe('forEachPreToken', () => {
  it('splits as GPT-2 does', () => {
    expect(preTokens("I'll pay 42 $!  Now,\r\n\r\nGo")).toEqual([
      'I',
      "'ll",
      ' pay',
      ' 42',
      ' $!',
      ' ',
      ' Now',
      ',',
      '\r\n\r',
      '\n',
      'Go',
    ]);
  });

  it('keeps the special token apart', () => {
    expect(preTokens(`a${endOfText}${endOfText} b`)).toEqual(['a', endOfText, endOfText, ' b']);
  });

  it('loses nothing', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        expect(preTokens(text).join('')).toBe(text);
      }),
      { seed: 1 },
    );
  });
});
