import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { trainBpe } from '../../tokenizer/train-bpe.ts';
import { defaultText } from '../default-text.ts';
import { findSources } from '../documents/find-sources.ts';
import { openDataset, verifyShards } from './open-dataset.ts';
import { tokenizeDataset } from './tokenize-dataset.ts';

let out: string;
let source: string;
beforeAll(() => {
  out = mkdtempSync(join(tmpdir(), 'nibble-open-'));
  source = join(out, 'a.txt');
  writeFileSync(source, defaultText().text.slice(0, 60_000));
});
afterAll(() => rmSync(out, { recursive: true }));

describe('openDataset', () => {
  it('names what was changed: a tokenizer, a byte of a shard, the manifest', async () => {
    const { dir } = (await tokenizeDataset({
      files: findSources([source]).files,
      dir: join(out, 'dataset'),
      settings: { textField: 'text', validationFraction: 0.1, splitSeed: 0, shardTokens: 4096 },
      tokenizer: { vocabSize: 300 },
      threads: 1,
      observer: { note: () => {}, progress: () => {} },
      signal: new AbortController().signal,
    }))!;
    const shard = join(dir, 'train-00003.bin');
    const bytes = readFileSync(shard);
    writeFileSync(
      shard,
      bytes.map((byte, i) => (i === 77 ? byte ^ 1 : byte)),
    );
    await expect(verifyShards(openDataset(dir))).rejects.toThrow(/train-00003\.bin was changed, .* SHA-256/);
    writeFileSync(shard, bytes);
    writeFileSync(join(dir, 'tokenizer.json'), JSON.stringify(trainBpe('other other', { vocabSize: 260 })));
    expect(() => openDataset(dir)).toThrow(
      /tokenizer\.json must be the tokenizer that the dataset was made with/,
    );
    const manifest = JSON.parse(readFileSync(join(dir, 'manifest.json'), 'utf8')) as {
      splits: { train: { shards: { file: string }[] } };
    };
    manifest.splits.train.shards[0]!.file = '../../etc/passwd';
    writeFileSync(join(dir, 'manifest.json'), JSON.stringify(manifest));
    expect(() => openDataset(dir)).toThrow(/its field splits\.train\.shards\.0\.file is wrong/);
    writeFileSync(join(dir, 'manifest.json'), '{"format":"nibble-dataset"');
    expect(() => openDataset(dir)).toThrow(/manifest\.json must be JSON/);
  });
});
