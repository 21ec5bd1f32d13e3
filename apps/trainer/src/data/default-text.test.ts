import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { defaultText } from './default-text.ts';

describe('defaultText', () => {
  it('is Moby-Dick, whole', () => {
    const { name, text } = defaultText();
    expect(name).toBe('Moby-Dick');
    expect(text.slice(0, 43)).toBe('CHAPTER 1. Loomings.\n\nCall me Ishmael. Some');
    expect(createHash('sha256').update(text).digest('hex')).toMatch(/^fe282a57.*67240$/);
  });
});
