import { describe, expect, it } from 'vitest';
import { loadTokenizer } from '../tokenizer/load-tokenizer.ts';
import { trainBpe } from '../tokenizer/train-bpe.ts';
import { encodePair } from './encode-pair.ts';

const tokenizer = loadTokenizer(
  trainBpe('the whale sang and the whale swam '.repeat(50), { vocabSize: 290 }),
);
const decoded = (context: string, continuation: string): [string, string] => {
  const { contextIds, continuationIds } = encodePair(tokenizer, context, continuation);
  return [tokenizer.decode(contextIds), tokenizer.decode(continuationIds)];
};

describe('encodePair', () => {
  it('splits the tokens of both together where those of the context end', () => {
    expect(decoded('the whale', ' sang')).toEqual(['the whale', ' sang']);
    const { contextIds, continuationIds } = encodePair(tokenizer, 'the whale', ' sang');
    expect([...contextIds, ...continuationIds]).toEqual([...tokenizer.encode('the whale sang')]);
  });
  it('gives spaces at the end of the context to the continuation', () => {
    expect(decoded('the whale ', 'sang')).toEqual(['the whale', ' sang']);
    expect(decoded('the whale \n', 'sang')).toEqual(['the whale', ' \nsang']);
  });
  it('takes the token that ends a text for an empty context', () => {
    const { contextIds, continuationIds } = encodePair(tokenizer, '', 'sang');
    expect([...contextIds]).toEqual([tokenizer.endOfTextId]);
    expect(tokenizer.decode(continuationIds)).toBe('sang');
    const without = { encode: tokenizer.encode, endOfTextId: undefined };
    expect(() => encodePair(without, '', 'sang')).toThrow(
      /an empty context needs a token that begins or ends/,
    );
  });
  it('takes what a tokenizer puts before a text', () => {
    const encode: typeof tokenizer.encode = (text, { addSpecialTokens = false } = {}) =>
      Int32Array.from([...(addSpecialTokens ? [256] : []), ...tokenizer.encode(text)]);
    const begins = { encode, endOfTextId: tokenizer.endOfTextId };
    expect(encodePair(begins, 'the', ' sang').contextIds[0]).toBe(256);
    expect([...encodePair(begins, '', 'sang').contextIds]).toEqual([256]);
    expect(encodePair(begins, 'the', ' sang').continuationIds).toEqual(
      encodePair(tokenizer, 'the', ' sang').continuationIds,
    );
  });
  it('refuses a continuation of nothing', () => {
    expect(() => encodePair(tokenizer, 'the', '')).toThrow(
      /must add a token to its context, but "" adds none/,
    );
  });
});
