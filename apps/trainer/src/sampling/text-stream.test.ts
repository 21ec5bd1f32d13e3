import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { loadTokenizer } from '../tokenizer/load-tokenizer.ts';
import { trainBpe } from '../tokenizer/train-bpe.ts';
import { createTextStream } from './text-stream.ts';

const text = 'Grüße, naïve 🐋 whales — 鯨の歌 and 👩‍👩‍👧 again, Grüße 🐋.\n'.repeat(20);
const bytes = loadTokenizer(trainBpe(text, { vocabSize: 257 }));
const merged = loadTokenizer(trainBpe(text, { vocabSize: 300 }));

function piecesOf(tokenizer: typeof bytes, prompt: string, ids: ArrayLike<number>): string[] {
  const stream = createTextStream(tokenizer, tokenizer.encode(prompt));
  return [...Array.from(ids, (id) => stream.push(id)), stream.end()];
}

describe('createTextStream', () => {
  it.each([
    ['bytes', bytes],
    ['merges', merged],
  ])('gives whole characters, together the text, from tokens of %s', (_, tokenizer) => {
    const pieces = piecesOf(tokenizer, 'It sang: ', tokenizer.encode(text));
    expect(pieces.join('')).toBe(text);
    expect(pieces.filter((piece) => piece.includes('\uFFFD'))).toEqual([]);
    // No piece begins or ends within a surrogate pair.
    expect(pieces.every((piece) => piece.isWellFormed())).toBe(true);
  });

  it('waits for the last byte of a character, no longer', () => {
    const whale = bytes.encode('🐋!');
    expect(whale).toHaveLength(5);
    expect(piecesOf(bytes, 'a', whale)).toEqual(['', '', '', '🐋', '!', '']);
  });

  it('replaces bytes that are no UTF-8, as soon as that is certain', () => {
    const [first, second] = bytes.encode('é');
    const [letter] = bytes.encode('x');
    expect(piecesOf(bytes, 'a', [first!, letter!, second!, second!, letter!])).toEqual([
      '',
      '\uFFFDx',
      '',
      '\uFFFD',
      '\uFFFDx',
      '',
    ]);
    expect(piecesOf(bytes, 'a', [letter!, first!])).toEqual(['x', '', '\uFFFD']);
  });

  it('gives, of any ids, together what decoding them at once gives', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 299 }), { maxLength: 60 }), (ids) => {
        const prompt = 'It sang: ';
        const whole = merged.decode([...merged.encode(prompt), ...ids]);
        expect(prompt + piecesOf(merged, prompt, ids).join('')).toBe(whole);
      }),
      { seed: 1, numRuns: 300 },
    );
  });

  it('keeps the space that begins a word of a vocabulary that marks the beginning of a text', () => {
    // As a SentencePiece decoder does: the space before the first word of a text is not part of it.
    const words = ['▁the', '▁whale', 's', '▁sang'];
    const decode = (ids: ArrayLike<number>): string =>
      Array.from(ids, (id) => words[id]!)
        .join('')
        .replaceAll('▁', ' ')
        .replace(/^ /, '');
    const stream = createTextStream({ decode }, [0]);
    const ids = Array.from({ length: 40 }, (_, i) => (i % 3) + 1);
    expect(ids.map((id) => stream.push(id)).join('')).toBe(decode([0, ...ids]).slice('the'.length));
  });
});
