import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { defaultText } from '../data/default-text.ts';
import { byteAlphabet } from './byte-alphabet.ts';
import { endOfText, forEachPreToken } from './pre-tokenize.ts';
import { initialTokens } from './tokenizer-json.ts';
import { loadTokenizer } from './load-tokenizer.ts';
import { trainBpe } from './train-bpe.ts';

/** The definition: recount everything before every merge. */
function naiveMerges(text: string, vocabSize: number): [string, string][] {
  const words: string[][] = [];
  forEachPreToken(text, (preToken) => {
    if (preToken !== endOfText) {
      words.push(Array.from(new TextEncoder().encode(preToken), (byte) => byteAlphabet[byte]!));
    }
  });
  const tokens = initialTokens();
  const merges: [string, string][] = [];
  while (tokens.length < vocabSize) {
    const counts = new Map<string, { count: number; left: string; right: string }>();
    for (const word of words) {
      for (let i = 1; i < word.length; i++) {
        const key = JSON.stringify([word[i - 1], word[i]]);
        const entry = counts.get(key) ?? { count: 0, left: word[i - 1]!, right: word[i]! };
        entry.count++;
        counts.set(key, entry);
      }
    }
    const [best] = [...counts.values()].toSorted(
      (a, b) =>
        b.count - a.count ||
        tokens.indexOf(a.left) - tokens.indexOf(b.left) ||
        tokens.indexOf(a.right) - tokens.indexOf(b.right),
    );
    if (best === undefined || best.count < 2) break;
    const { left, right } = best;
    if (!tokens.includes(left + right)) tokens.push(left + right);
    if (!merges.some(([a, b]) => a === left && b === right)) merges.push([left, right]);
    for (const word of words) {
      for (let i = 1; i < word.length; i++) {
        if (word[i - 1] === left && word[i] === right) word.splice(i - 1, 2, left + right);
      }
    }
  }
  return merges;
}

describe('trainBpe', () => {
  it('finds the merges of the paper on its own example', () => {
    // arXiv 1508.07909, algorithm 1, without the end-of-word mark: es and est come first.
    const text = [
      ...Array(5).fill('low'),
      ...Array(2).fill('lower'),
      ...Array(6).fill('newest'),
      ...Array(3).fill('widest'),
    ].join('\n');
    expect(trainBpe(text, { vocabSize: 260 }).model.merges).toEqual([
      ['e', 's'],
      ['es', 't'],
      ['l', 'o'],
    ]);
  });

  it('merges as a trainer that recounts before every merge', () => {
    // A tiny alphabet makes overlapping pairs (aaa), equal counts and tokens spelt in two ways.
    const text = fc.string({ unit: fc.constantFrom('a', 'b', 'c', ' '), minLength: 1, maxLength: 120 });
    fc.assert(
      fc.property(text, fc.integer({ min: 257, max: 300 }), (sample, vocabSize) => {
        expect(trainBpe(sample, { vocabSize }).model.merges).toEqual(naiveMerges(sample, vocabSize));
      }),
      { seed: 1, numRuns: 300 },
    );
  });

  it('numbers the special token, the bytes and then the merges', () => {
    const { model, added_tokens } = trainBpe('hello hello', { vocabSize: 260 });
    const ids = Object.values(model.vocab);
    expect(ids.toSorted((a, b) => a - b)).toEqual(Array.from({ length: 260 }, (_, id) => id));
    expect(added_tokens.map(({ id, content }) => [id, content])).toEqual([[0, endOfText]]);
    expect(model.merges.map(([a, b]) => model.vocab[a + b])).toEqual([257, 258, 259]);
  });

  it('stops when no pair occurs twice, and learns nothing from the special token', () => {
    const { model } = trainBpe(`ab${endOfText}ab${endOfText}c`, { vocabSize: 1000 });
    expect(model.merges).toEqual([['a', 'b']]);
  });

  it('is the bytes alone at 256, where the special token is plain text', () => {
    const json = trainBpe('aaaa', { vocabSize: 256 });
    expect(json.added_tokens).toEqual([]);
    expect(json.model.merges).toEqual([]);
    const tokenizer = loadTokenizer(json);
    expect([tokenizer.vocabSize, tokenizer.endOfTextId]).toEqual([256, undefined]);
    const text = `é${endOfText}`;
    expect(tokenizer.encode(text)).toHaveLength(new TextEncoder().encode(text).length);
    expect(tokenizer.decode(tokenizer.encode(text))).toBe(text);
  });

  it('learns the same from pieces that end between words', () => {
    const text = defaultText().text.slice(0, 20_000);
    const cut = text.indexOf(' ', 9000);
    const pieces = [text.slice(0, cut), text.slice(cut)];
    expect(trainBpe(pieces, { vocabSize: 400 })).toEqual(trainBpe(text, { vocabSize: 400 }));
  });

  it('reports progress up to the size asked for', () => {
    const sizes: number[] = [];
    trainBpe('the cat the hat', { vocabSize: 259, onProgress: (size) => sizes.push(size) });
    expect(sizes).toEqual([258, 259]);
  });

  it('trains 1,024 tokens on the default text in less than two seconds', () => {
    const { text } = defaultText();
    // Processor time, as wall time on a busy machine says nothing.
    const start = process.cpuUsage();
    const json = trainBpe(text, { vocabSize: 1024 });
    const { user, system } = process.cpuUsage(start);
    expect((user + system) / 1e6).toBeLessThan(2);
    expect(Object.keys(json.model.vocab)).toHaveLength(1024);
  });

  it.each([255, 65_537, 300.5, Number.NaN])('rejects a vocabulary of %s', (vocabSize) => {
    expect(() => trainBpe('text', { vocabSize })).toThrow(
      new RegExp(`trainBpe: vocabSize must be .* 256 .* 65,536, but got ${vocabSize}`),
    );
  });

  it('rejects an empty text', () => {
    expect(() => trainBpe('', { vocabSize: 300 })).toThrow(/trainBpe: the text must not be empty/);
  });
});
