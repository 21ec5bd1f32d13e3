import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as fc from 'fast-check';
import { afterAll, describe, expect, it } from 'vitest';
import { firstInvalidUtf8, readText } from './read-text.ts';

const folder = mkdtempSync(join(tmpdir(), 'nibble-text-'));
afterAll(() => rmSync(folder, { recursive: true }));

const file = (name: string, content: string | readonly number[]): string => {
  const path = join(folder, name);
  writeFileSync(path, typeof content === 'string' ? content : Uint8Array.from(content));
  return path;
};

describe('readText', () => {
  it('returns the text as it is, CRLF and all', () => {
    const path = file('ok.txt', 'Ahab\r\n🐋\n');
    expect(readText(path)).toEqual({ name: path, text: 'Ahab\r\n🐋\n' });
  });

  it('drops a byte-order mark', () => {
    expect(readText(file('bom.txt', [0xef, 0xbb, 0xbf, 0x41])).text).toBe('A');
  });

  it('names a missing file', () => {
    expect(() => readText(join(folder, 'none.txt'))).toThrow(/readText: .*none\.txt .* no such file/);
    expect(() => readText(join(file('plain.txt', 'a'), 'below.txt'))).toThrow(/below\.txt .* no such file/);
  });

  it('names a directory', () => {
    mkdirSync(join(folder, 'dir'));
    expect(() => readText(join(folder, 'dir'))).toThrow(
      /readText: .*dir must be a file, but it is a directory/,
    );
  });

  it('names a file that cannot be read', () => {
    // Reading a process's memory at address 0 fails for root, too.
    expect(() => readText('/proc/self/mem')).toThrow(/readText: \/proc\/self\/mem must be readable, .* EIO/);
  });

  it('names an empty file', () => {
    expect(() => readText(file('empty.txt', ''))).toThrow(
      /readText: .*empty\.txt must hold text, but it is empty/,
    );
    expect(() => readText(file('mark.txt', [0xef, 0xbb, 0xbf]))).toThrow(
      /mark\.txt .* a byte-order mark and nothing else/,
    );
  });

  it('names the offset of a NUL byte', () => {
    expect(() => readText(file('nul.bin', [0x41, 0x42, 0, 0x43]))).toThrow(
      /nul\.bin .* binary: byte offset 2 is NUL/,
    );
  });

  it('names the offset of a byte that is not UTF-8', () => {
    const latin1 = [...Buffer.from('Grüße', 'latin1')];
    expect(() => readText(file('latin1.txt', latin1))).toThrow(
      /latin1\.txt .* byte offset 2 \(0xfc\) is not valid UTF-8/,
    );
  });

  it('knows UTF-16 by its mark', () => {
    expect(() => readText(file('utf16.txt', [0xff, 0xfe, 0x41, 0x00]))).toThrow(
      /UTF-16 byte-order mark; convert it/,
    );
  });
});

const isValid = (bytes: Uint8Array): boolean => {
  try {
    new TextDecoder('utf-8', { fatal: true }).decode(bytes);
    return true;
  } catch {
    return false;
  }
};

describe('firstInvalidUtf8', () => {
  it('agrees with the platform on what is valid', () => {
    const nearUtf8 = fc.uint8Array({ maxLength: 6 }).map((bytes) => Uint8Array.of(0xc3, 0xa9, ...bytes));
    const sequences = fc.constantFrom(
      [0xe0, 0x9f, 0x80],
      [0xed, 0xa0, 0x80],
      [0xf0, 0x8f, 0x80, 0x80],
      [0xf4, 0x90, 0x80, 0x80],
      [0xc0, 0x80],
      [0xf5, 0x80, 0x80, 0x80],
      [0xf4, 0x8f, 0xbf, 0xbf],
      [0xed, 0x9f, 0xbf],
    );
    fc.assert(
      fc.property(
        fc.oneof(
          nearUtf8,
          sequences.map((bytes) => Uint8Array.from(bytes)),
        ),
        (bytes) => {
          const offset = firstInvalidUtf8(bytes);
          expect(offset === -1).toBe(isValid(bytes));
          // Everything before the offset is text.
          expect(isValid(bytes.subarray(0, offset === -1 ? bytes.length : offset))).toBe(true);
        },
      ),
      { seed: 1, numRuns: 2000 },
    );
  });
});
