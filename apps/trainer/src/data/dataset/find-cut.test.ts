import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import * as fc from 'fast-check';
import { afterAll, describe, expect, it } from 'vitest';
import { findSources } from '../documents/find-sources.ts';
import { splitText } from '../split-text.ts';
import { findCut } from './find-cut.ts';

const folder = mkdtempSync(join(tmpdir(), 'nibble-cut-'));
afterAll(() => rmSync(folder, { recursive: true }));
const cutOf = (content: string, fraction: number, packed = false): Promise<number> => {
  const path = join(folder, packed ? 'a.txt.gz' : 'a.txt');
  writeFileSync(path, packed ? gzipSync(content) : content);
  return findCut(findSources([path]).files[0]!, fraction);
};

describe('findCut', () => {
  it('cuts ASCII where splitText cuts', async () => {
    const words = fc.array(fc.constantFrom('whale', ' ', '\n', '\n\n', '\r\n\r\n', '\r\n'), {
      minLength: 2,
      maxLength: 60,
    });
    await fc.assert(
      fc.asyncProperty(words, fc.double({ min: 0.05, max: 0.9, noNaN: true }), async (parts, fraction) => {
        const text = parts.join('');
        if (text.length < 2) return;
        expect(await cutOf(text, fraction)).toBe(splitText(text, fraction).train.length);
      }),
      { seed: 1, numRuns: 100 },
    );
  });

  it('cuts between characters', async () => {
    for (const fraction of [0.1, 0.34, 0.5, 0.77]) {
      const text = '🐋é漢'.repeat(9);
      const cut = await cutOf(text, fraction);
      const [train, validation] = [Buffer.from(text).subarray(0, cut), Buffer.from(text).subarray(cut)];
      expect(train.toString() + validation.toString()).toBe(text);
    }
  });

  it('counts the bytes of an unpacked file', async () => {
    const text = `${'the whale\n'.repeat(500)}\n${'the sea\n'.repeat(60)}`;
    expect(await cutOf(text, 0.1, true)).toBe(await cutOf(text, 0.1));
  });

  it('names a file that is too short', async () => {
    await expect(cutOf('a', 0.1)).rejects.toThrow(/a\.txt must have at least 2 characters .* it has 1 bytes/);
    await expect(cutOf('🐋', 0.1)).rejects.toThrow(/at least 2 characters/);
  });
});
