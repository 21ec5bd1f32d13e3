import { describe, expect, it } from 'vitest';
import { toCsv } from '../many-runs/csv.ts';
import { markdownTable } from './markdown.ts';
import { parseSeeds } from './seeds.ts';
import { intervalInWords, numberInWords } from './words.ts';

describe('toCsv', () => {
  it('quotes what needs it and leaves null empty', () => {
    expect(
      toCsv([
        { a: 1, b: 'x, "y"' },
        { a: null, b: 'z' },
      ]),
    ).toBe('a,b\n1,"x, ""y"""\n,z\n');
  });
  it('refuses other columns and what is not a number', () => {
    expect(() => toCsv([{ a: 1 }, { b: 1 }])).toThrow(/row 1 must have the columns a, but got b/);
    expect(() => toCsv([{ a: NaN }])).toThrow(/a must be finite/);
  });
});

describe('markdownTable', () => {
  it('pads cells and escapes bars', () => {
    expect(markdownTable(['a', 'long title'], [['1 | 2', 'α']])).toBe(
      '| a      | long title |\n| ------ | ---------- |\n| 1 \\| 2 | α          |',
    );
  });
});

describe('parseSeeds', () => {
  it.each([
    ['3', [1, 2, 3]],
    ['1,2,5', [1, 2, 5]],
    ['7,', [7]],
  ])('%s', (text, seeds) => expect(parseSeeds(text)).toEqual(seeds));
  it.each(['0', '', 'three', '1,1', '-1', '101', '1.5', '1,,2'])('refuses %j', (text) => {
    expect(() => parseSeeds(text)).toThrow(/--seeds must be how many/);
  });
});

describe('words', () => {
  it('has true minus signs, and none for zero', () => {
    expect([-1.25, -0.001, 0.5].map((value) => numberInWords(value, 2, true))).toEqual([
      '−1.25',
      '0.00',
      '+0.50',
    ]);
  });
  it('says when there is no interval', () => {
    expect(intervalInWords({ estimate: 1, range: [0.5, 1.5], count: 3 }, 1)).toBe('1.0 [0.5, 1.5]');
    expect(intervalInWords({ estimate: 1, range: null, count: 3 }, 1)).toBe('1.0 [not bounded]');
    expect(intervalInWords({ estimate: 1, range: null, count: 1 }, 1)).toBe('1.0 (one seed)');
  });
});
