import { describe, expect, it } from 'vitest';
import { tokensInMemory } from './token-source.ts';
import { validationWindows } from './validation-windows.ts';

describe('validationWindows', () => {
  it('covers the text in order, without overlap, and leaves out an unfilled end', () => {
    const windows = validationWindows(tokensInMemory(Int32Array.from({ length: 12 }, (_, i) => i)), 5);
    expect(windows.length).toBe(2);
    const [first, second] = [windows.at(0), windows.at(1)];
    expect([first, second].map(({ inputs, targets }) => [[...inputs], [...targets]])).toEqual([
      [
        [0, 1, 2, 3, 4],
        [1, 2, 3, 4, 5],
      ],
      [
        [5, 6, 7, 8, 9],
        [6, 7, 8, 9, 10],
      ],
    ]);
  });

  it('fills a last window to the last token', () => {
    expect(validationWindows(tokensInMemory(new Int32Array(11)), 5).length).toBe(2);
    expect(validationWindows(tokensInMemory(new Int32Array(10)), 5).length).toBe(1);
  });

  it('names the minimum', () => {
    expect(() => validationWindows(tokensInMemory(new Int32Array(5)), 5)).toThrow(
      /validation part must have at least 6 tokens .* but it has 5/,
    );
  });
});
