import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { makeFolder } from './make-folder.ts';

let root = '';
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'nibble-folder-'));
});
afterEach(() => rmSync(root, { recursive: true }));

describe('makeFolder', () => {
  it('makes the parents, and says what it made', () => {
    expect(makeFolder(join(root, 'a', 'b'))).toEqual([join(root, 'a', 'b'), join(root, 'a')]);
    expect(makeFolder(join(root, 'a', 'b'))).toEqual([]);
  });

  it('fails where nothing can be made, at once and without a trace', () => {
    expect(() => makeFolder('/proc/nibble/run')).toThrow(/ENOENT/);
    writeFileSync(join(root, 'file'), '');
    expect(() => makeFolder(join(root, 'file', 'x'))).toThrow(/ENOTDIR/);
    // A name longer than file systems allow, under a parent that can be made.
    expect(() => makeFolder(join(root, 'new', 'x'.repeat(300)))).toThrow(/ENAMETOOLONG/);
    expect(existsSync(join(root, 'new'))).toBe(false);
  });
});
