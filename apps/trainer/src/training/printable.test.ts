import { describe, expect, it } from 'vitest';
import { printable } from './printable.ts';

describe('printable', () => {
  it('keeps text, line feeds and tabs', () => {
    expect(printable('Call me\tIshmael.\n鯨 🐳')).toBe('Call me\tIshmael.\n鯨 🐳');
  });

  it('shows control characters instead of sending them', () => {
    expect(printable('a\u001B[31mb\r\u0000\u009Bc\u007F')).toBe('a\uFFFD[31mb\uFFFD\uFFFD\uFFFDc\uFFFD');
  });
});
