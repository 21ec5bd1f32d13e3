import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { defaultText } from './default-text.ts';
import { splitText } from './split-text.ts';

describe('splitText', () => {
  it('cuts the default text after a paragraph, near the fraction', () => {
    const { text } = defaultText();
    const { train, validation } = splitText(text, 0.1);
    expect(train + validation).toBe(text);
    expect(train.endsWith('\n\n')).toBe(true);
    expect(validation.length / text.length).toBeCloseTo(0.1, 3);
  });

  it('prefers a paragraph to a nearer line, and a line to the exact place', () => {
    const line = `${'x'.repeat(96)}\n`;
    const lines = line.repeat(100);
    expect(splitText(lines, 0.5).train.endsWith('\n')).toBe(true);
    const withParagraph = `${line.repeat(52)}\n${line.repeat(48)}`;
    expect(splitText(withParagraph, 0.5).train).toBe(`${line.repeat(52)}\n`);
  });

  it('knows paragraphs with CRLF', () => {
    const paragraph = `${'word '.repeat(50)}\r\n\r\n`;
    expect(splitText(paragraph.repeat(200), 0.25).train).toBe(paragraph.repeat(150));
  });

  it('never loses text, never cuts a character, never leaves a part empty', () => {
    const text = fc.string({ unit: fc.constantFrom('🐋', 'a', '\n'), minLength: 2, maxLength: 60 });
    fc.assert(
      fc.property(text, fc.double({ min: 0.01, max: 0.99, noNaN: true }), (sample, fraction) => {
        const { train, validation } = splitText(sample, fraction);
        expect(train + validation).toBe(sample);
        // Half a surrogate pair would come back as U+FFFD.
        expect(new TextDecoder().decode(new TextEncoder().encode(train))).toBe(train);
        expect(Math.min(train.length, validation.length)).toBeGreaterThan(0);
      }),
      { seed: 1, numRuns: 1000 },
    );
  });

  it.each([0, 1, -0.1, Number.NaN])('rejects the fraction %s', (fraction) => {
    expect(() => splitText('ab', fraction)).toThrow(
      /splitText: validationFraction must be above 0 and below 1, but got/,
    );
  });

  it('rejects a single character', () => {
    expect(() => splitText('🐋', 0.5)).toThrow(/must have at least 2 characters, but it has 1/);
  });
});
