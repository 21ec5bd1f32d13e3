import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as zlib from 'node:zlib';
import { parquetWriteBuffer } from 'hyparquet-writer';
import { afterAll, describe, expect, it } from 'vitest';
import { findSources } from './find-sources.ts';
import { readDocuments } from './read-documents.ts';
import { readJsonl } from './read-jsonl.ts';

const folder = mkdtempSync(join(tmpdir(), 'nibble-documents-'));
afterAll(() => rmSync(folder, { recursive: true }));

const put = (name: string, content: string | Uint8Array): string => {
  const path = join(folder, name);
  writeFileSync(path, content);
  return path;
};
const documentsOf = async (path: string, textField = 'text'): Promise<string[]> => {
  const documents: string[] = [];
  for await (const { text, first } of readDocuments(findSources([path]).files[0]!, { textField })) {
    if (first) documents.push(text);
    else documents[documents.length - 1] += text;
  }
  return documents;
};
const lines = (...records: unknown[]): string =>
  records.map((record) => `${JSON.stringify(record)}\n`).join('');
const long = 'The whale, the whale. '.repeat(40_000);

describe('readDocuments of text', () => {
  it('takes a file as one document, in pieces, also packed', async () => {
    expect(await documentsOf(put('a.txt', 'Ahab\r\n🐋'))).toEqual(['Ahab\r\n🐋']);
    expect(await documentsOf(put('long.txt', long))).toEqual([long]);
    expect(await documentsOf(put('a.txt.gz', zlib.gzipSync(long)))).toEqual([long]);
    expect(await documentsOf(put('empty.txt', ''))).toEqual([]);
  });

  it.skipIf(typeof zlib.zstdCompressSync !== 'function')('unpacks Zstandard', async () => {
    expect(await documentsOf(put('a.txt.zst', zlib.zstdCompressSync(long)))).toEqual([long]);
  });

  it('names the file and the byte of what is no text, also far into it', async () => {
    const bytes = Buffer.concat([Buffer.from(long), Buffer.of(0xfc), Buffer.from(long)]);
    await expect(documentsOf(put('bad.txt', bytes))).rejects.toThrow(
      new RegExp(`bad\\.txt must be UTF-8 text, but byte offset ${long.length} \\(0xfc\\)`),
    );
    await expect(documentsOf(put('binary.txt', Uint8Array.of(65, 0)))).rejects.toThrow(
      /binary: byte offset 1 is NUL/,
    );
  });

  it('names a packed file that is torn or not packed at all', async () => {
    const packed = zlib.gzipSync(long);
    await expect(documentsOf(put('torn.txt.gz', packed.subarray(0, packed.length / 2)))).rejects.toThrow(
      /torn\.txt\.gz must be whole gzip data, but unpacking says: unexpected end/,
    );
    await expect(documentsOf(put('plain.txt.gz', 'plain'))).rejects.toThrow(
      /must be whole gzip data.*incorrect header/,
    );
  });
});

describe('readDocuments of JSONL', () => {
  it('takes a field of each line, skipping empty lines', async () => {
    const path = put('a.jsonl', `\uFEFF${lines({ text: 'a\nb', id: 1 })}\r\n\n{"text":"🐋"}`);
    expect(await documentsOf(path)).toEqual(['a\nb', '🐋']);
    expect(await documentsOf(put('body.ndjson', lines({ body: 'x' }, { body: long })), 'body')).toEqual([
      'x',
      long,
    ]);
  });

  it('counts documents that are longer than a piece as one', async () => {
    const pieces = [];
    const [source] = findSources([put('long.jsonl', lines({ text: long }, { text: 'b' }))]).files;
    for await (const piece of readJsonl(source!, 'text')) pieces.push([piece.first, piece.last]);
    expect(pieces.filter(([first]) => first)).toHaveLength(2);
    expect(pieces.length).toBeGreaterThan(3);
  });

  it.each([
    [
      lines({ text: 'a' }, { body: 'b', id: 2 }),
      /a\.jsonl:2 must have the field text, but it has body, id; .*--text-field/,
    ],
    [lines({ text: 'a' }, { text: 7 }), /a\.jsonl:2 must have a text in text, but got 7/],
    [lines({ text: null }), /a\.jsonl:1 must have a text in text, but got null/],
    [`${lines({ text: 'a' })}\n{"text": "b"\n`, /a\.jsonl:3 must be one JSON object, but/],
    ['[1]\n', /a\.jsonl:1 must be a JSON object, but got \[1\]/],
  ])('names file and line of %j', async (content, message) => {
    await expect(documentsOf(put('a.jsonl', content))).rejects.toThrow(message);
  });

  it('names the line of bytes that are not UTF-8, and of one that is too long', async () => {
    const bytes = Buffer.concat([Buffer.from(lines({ text: 'a' })), Buffer.of(0x7b, 0xfc, 10)]);
    await expect(documentsOf(put('bad.jsonl', bytes))).rejects.toThrow(
      /bad\.jsonl:2 must be UTF-8 text, but byte 2 of the line \(0xfc\)/,
    );
    const [source] = findSources([put('line.jsonl', lines({ text: 'a' }, { text: 'b'.repeat(200) }))]).files;
    const reading = async (): Promise<void> => {
      for await (const _ of readJsonl(source!, 'text', undefined, 100));
    };
    await expect(reading()).rejects.toThrow(/at most 100 bytes, but line\.jsonl:2 is longer/);
  });
});

describe('readDocuments of Parquet', () => {
  const texts = ['a', '🐋 whale', long, 'last'];
  const table = (data: unknown[], name = 'text', type: 'STRING' | 'INT32' = 'STRING'): Uint8Array =>
    new Uint8Array(
      parquetWriteBuffer({
        columnData: [
          { name: 'id', data: data.map((_, i) => i), type: 'INT32' },
          { name, data, type },
        ],
        rowGroupSize: 2,
      }),
    );

  it('takes a column, row group after row group, leaving out rows without a text', async () => {
    expect(await documentsOf(put('a.parquet', table(texts)))).toEqual(texts);
    expect(await documentsOf(put('n.parquet', table(['a', null, 'b'])))).toEqual(['a', 'b']);
    expect(await documentsOf(put('c.parquet', table(texts, 'content')), 'content')).toEqual(texts);
  });

  it('reads no more of the file than a row group at a time', async () => {
    const path = put('groups.parquet', table(Array.from({ length: 20 }, (_, i) => `${i} `.repeat(50_000))));
    const [source] = findSources([path]).files;
    const read: number[] = [];
    const documents = readDocuments(source!, { textField: 'text' }, { onBytes: (bytes) => read.push(bytes) });
    await documents.next();
    expect(read).toEqual([]);
    for await (const _ of documents);
    expect(read).toHaveLength(10);
    expect(read.reduce((sum, bytes) => sum + bytes, 0)).toBeCloseTo(source!.bytes, 3);
  });

  it.each([
    [table(texts, 'content'), /a\.parquet must have the column text, but it has id, content; .*--text-field/],
    [table([1, 2], 'text', 'INT32'), /must have texts in the column text, but row 1 holds a number/],
    [new TextEncoder().encode('not a Parquet file'), /a\.parquet must be a Parquet file, but/],
    [new Uint8Array(), /a\.parquet must be a Parquet file, but/],
  ])('names the file and what is wrong', async (content, message) => {
    await expect(documentsOf(put('a.parquet', content))).rejects.toThrow(message);
  });

  it('names the rows of a torn file', async () => {
    const bytes = table(texts);
    bytes.fill(0xff, 4, 60);
    await expect(documentsOf(put('torn.parquet', bytes))).rejects.toThrow(
      /torn\.parquet must be whole, but rows 1 to 2/,
    );
  });
});
