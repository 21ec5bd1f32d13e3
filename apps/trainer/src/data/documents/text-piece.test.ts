import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { loadTokenizer } from '../../tokenizer/load-tokenizer.ts';
import { trainBpe } from '../../tokenizer/train-bpe.ts';
import { defaultText } from '../default-text.ts';
import { createPieceCutter, type TextPiece } from './text-piece.ts';

const piecesOf = (chunks: readonly string[], length: number, longest: number): TextPiece[] => {
  const cutter = createPieceCutter(length, longest);
  return [...chunks.flatMap((chunk) => cutter.push(chunk)), ...cutter.end()];
};
const words = fc.array(fc.constantFrom('whale', ' ', '  ', '\n', '.\n\n', '漢', '🐋', ' x', 'é'), {
  maxLength: 80,
});

describe('createPieceCutter', () => {
  it('keeps the whole text, whatever chunks it comes in, and cuts at the same places', () => {
    fc.assert(
      fc.property(words, fc.array(fc.nat(40)), (parts, sizes) => {
        const text = parts.join('');
        const chunks: string[] = [];
        let rest = text;
        for (const size of sizes) {
          chunks.push(rest.slice(0, size));
          rest = rest.slice(size);
        }
        const pieces = piecesOf([...chunks, rest], 7, 15);
        expect(pieces.map((piece) => piece.text).join('')).toBe(text);
        expect(pieces).toEqual(piecesOf([text], 7, 15));
        expect(pieces.map(({ first }) => first)).toEqual(pieces.map((_, i) => i === 0));
        expect(pieces.map(({ last }) => last)).toEqual(pieces.map((_, i) => i === pieces.length - 1));
        for (const piece of pieces) {
          expect(piece.text.length).toBeLessThanOrEqual(15);
          // Throws on half a character.
          expect(encodeURIComponent(piece.text)).toBeTypeOf('string');
        }
      }),
      { seed: 1, numRuns: 500 },
    );
  });

  it('changes no token of a text with spaces', () => {
    const text = defaultText().text.slice(0, 30_000);
    const tokenizer = loadTokenizer(trainBpe(text, { vocabSize: 500 }));
    for (const length of [50, 333, 5000]) {
      const pieces = piecesOf([text], length, 4 * length);
      expect(pieces.length).toBeGreaterThan(5);
      expect(pieces.slice(1).every((piece) => piece.text.startsWith(' '))).toBe(true);
      const ids: number[] = [];
      for (const { text: piece, first } of pieces)
        ids.push(...tokenizer.encode(piece, { continues: !first }));
      expect(ids).toEqual([...tokenizer.encode(text)]);
    }
  });

  it('cuts after a line, or else anywhere between characters, where there is no space', () => {
    expect(piecesOf(['漢字漢字\n漢字漢字漢字'], 4, 8).map(({ text }) => text)).toEqual([
      '漢字漢字\n',
      '漢字漢字漢字',
    ]);
    expect(piecesOf(['🐋🐋🐋🐋'], 2, 3).map(({ text }) => text)).toEqual(['🐋', '🐋', '🐋', '🐋']);
  });

  it('has no piece for an empty document', () => {
    expect(piecesOf(['', ''], 4, 8)).toEqual([]);
  });
});
