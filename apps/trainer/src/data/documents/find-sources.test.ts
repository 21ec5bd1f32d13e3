import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { findSources } from './find-sources.ts';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'nibble-sources-'));
  mkdirSync(join(folder, 'b', 'deep'), { recursive: true });
  mkdirSync(join(folder, '.hidden'));
  mkdirSync(join(folder, 'none'));
  for (const name of [
    'b/z.txt',
    'b/deep/a.jsonl.gz',
    'b/10.parquet',
    'b/9.NDJSON.zst',
    'B.md',
    '.secret.txt',
    '.hidden/x.txt',
    'image.png',
    'none/table.csv',
  ])
    writeFileSync(join(folder, name), 'x');
  symlinkSync(join(folder, 'b', 'z.txt'), join(folder, 'link.text'));
});
afterAll(() => rmSync(folder, { recursive: true }));

describe('findSources', () => {
  it('takes what can be read from a folder and its folders, sorted, with links', () => {
    const { files, leftOut } = findSources([folder]);
    const under = basename(folder);
    expect(
      files.map(({ name, format, compression }) => [name.slice(under.length + 1), format, compression]),
    ).toEqual([
      ['B.md', 'text', undefined],
      ['b/10.parquet', 'parquet', undefined],
      ['b/9.NDJSON.zst', 'jsonl', 'zstd'],
      ['b/deep/a.jsonl.gz', 'jsonl', 'gzip'],
      ['b/z.txt', 'text', undefined],
      ['link.text', 'text', undefined],
    ]);
    expect(leftOut).toEqual(['image.png', 'none/table.csv']);
    expect(files[0]).toMatchObject({ bytes: 1, path: join(folder, 'B.md') });
  });

  it('takes a file of any name as text when it is named', () => {
    const { files } = findSources([join(folder, 'image.png'), join(folder, '.secret.txt')]);
    expect(files.map(({ name, format }) => [name, format])).toEqual([
      ['image.png', 'text'],
      ['.secret.txt', 'text'],
    ]);
  });

  it('names what is missing or has nothing to read', () => {
    expect(() => findSources([join(folder, 'gone.txt')])).toThrow(
      /gone\.txt must be a text file, .* no such file/,
    );
    expect(() => findSources([join(folder, 'none')])).toThrow(/none must hold documents \(\.txt.*none/);
  });
});
