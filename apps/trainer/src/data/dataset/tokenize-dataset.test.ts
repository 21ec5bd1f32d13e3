import {
  appendFileSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  utimesSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { loadTokenizer } from '../../tokenizer/load-tokenizer.ts';
import { trainBpe } from '../../tokenizer/train-bpe.ts';
import { defaultText } from '../default-text.ts';
import { findSources } from '../documents/find-sources.ts';
import { splitText } from '../split-text.ts';
import type { TokenSource } from '../token-source.ts';
import { openDataset, verifyShards } from './open-dataset.ts';
import { tokenizeDataset, type TokenizeDatasetOptions } from './tokenize-dataset.ts';

const { text } = defaultText();
const paragraphs = text
  .slice(0, 100_000)
  .split('\n\n')
  .filter((body) => body !== '');
const settings = { textField: 'text', validationFraction: 0.1, splitSeed: 0, shardTokens: 16_384 };
let sources: string;
let out: string;
let notes: string[];

beforeAll(() => {
  sources = mkdtempSync(join(tmpdir(), 'nibble-sources-'));
  const jsonl = (part: string[]): string =>
    part.map((body) => `${JSON.stringify({ text: body })}\n`).join('');
  writeFileSync(join(sources, 'a.jsonl'), jsonl(paragraphs.slice(0, 100)));
  writeFileSync(join(sources, 'b.jsonl.gz'), gzipSync(jsonl(paragraphs.slice(100))));
  writeFileSync(join(sources, 'c.txt'), text.slice(150_000, 500_000));
});
afterAll(() => rmSync(sources, { recursive: true }));
beforeEach(() => {
  out = mkdtempSync(join(tmpdir(), 'nibble-dataset-'));
  notes = [];
});
afterEach(() => rmSync(out, { recursive: true }));

const options = (more: Partial<TokenizeDatasetOptions> = {}): TokenizeDatasetOptions => ({
  files: findSources([sources]).files,
  dir: join(out, 'dataset'),
  settings,
  tokenizer: { vocabSize: 400 },
  threads: 2,
  observer: { note: (line) => notes.push(line), progress: () => {} },
  signal: new AbortController().signal,
  ...more,
});
const contents = (dir: string): Record<string, string> =>
  Object.fromEntries(
    readdirSync(dir)
      // The plan also has the sources' times.
      .filter((name) => name !== 'plan.json')
      .map((name) => [name, readFileSync(join(dir, name)).toString('hex')]),
  );
const documentsOf = (dir: string, tokens: TokenSource): string[] => {
  const { tokenizerJson, manifest } = openDataset(dir);
  const tokenizer = loadTokenizer(tokenizerJson);
  const documents: string[] = [];
  let ids: number[] = [];
  for (const id of tokens.read(0, tokens.length)) {
    if (id !== manifest.tokenizer.endOfTextId) ids.push(id);
    else {
      documents.push(tokenizer.decode(ids));
      ids = [];
    }
  }
  expect(ids).toEqual([]);
  return documents;
};

describe('tokenizeDataset', () => {
  it('keeps every document, in order, each in one part and with a token at its end', async () => {
    const done = await tokenizeDataset(options());
    const { train, validation, manifest } = openDataset(done!.dir);
    const wanted = [...paragraphs, text.slice(150_000, 500_000)];
    const [inTrain, held] = [documentsOf(done!.dir, train), documentsOf(done!.dir, validation)];
    expect(wanted.filter((body) => !held.includes(body))).toEqual(inTrain);
    expect(wanted.filter((body) => held.includes(body))).toEqual(held);
    expect(held.length / wanted.length).toBeGreaterThan(0.04);
    expect(held.length / wanted.length).toBeLessThan(0.2);
    const { splits } = manifest;
    expect([splits.train.documents, splits.validation.documents]).toEqual([inTrain.length, held.length]);
    expect(splits.train.bytes + splits.validation.bytes).toBe(
      wanted.reduce((sum, body) => sum + Buffer.byteLength(body), 0),
    );
    expect(
      manifest.sources.map(({ name, format, documents }) => [name.split('/')[1], format, documents]),
    ).toEqual([
      ['a.jsonl', 'jsonl', 100],
      ['b.jsonl.gz', 'jsonl', wanted.length - 101],
      ['c.txt', 'text', 1],
    ]);
    expect(splits.train.shards.length).toBeGreaterThan(5);
    await verifyShards(openDataset(done!.dir));
  });

  it('depends neither on the threads nor on interruptions', async () => {
    const whole = await tokenizeDataset(options({ threads: 1 }));
    const many = await tokenizeDataset(options({ dir: join(out, 'many'), threads: 3 }));
    expect(contents(many!.dir)).toEqual(contents(whole!.dir));
    expect(many!.sha256).toBe(whole!.sha256);

    const dir = join(out, 'cut');
    let bytesBefore = -1;
    let rounds = 0;
    for (let done; done === undefined; rounds++) {
      const controller = new AbortController();
      let batches = 0;
      const progress = (phase: string, _done: number, _total: number, fresh = 0): void => {
        if (phase !== 'tokenize' || fresh === 0) return;
        if (++batches === 2) controller.abort();
      };
      done = await tokenizeDataset(
        options({ dir, recordEvery: 1, signal: controller.signal, observer: { note: () => {}, progress } }),
      );
      const bytes = contents(dir)['train-00000.bin']?.length ?? 0;
      expect(bytes).toBeGreaterThanOrEqual(bytesBefore);
      bytesBefore = bytes;
      expect(rounds).toBeLessThan(20);
    }
    expect(rounds).toBeGreaterThan(0);
    expect(contents(dir)).toEqual(contents(whole!.dir));
  });

  it('goes on after a full disk, wherever it was full', async () => {
    const whole = await tokenizeDataset(options());
    const dir = join(out, 'full');
    for (const failAt of [2, 30]) {
      rmSync(dir, { recursive: true, force: true });
      let writes = 0;
      const append = (file: number, bytes: Uint8Array): number => {
        if (++writes !== failAt) return writeSync(file, bytes);
        // A full disk takes a part first.
        writeSync(file, bytes.subarray(0, 3));
        throw Object.assign(new Error('ENOSPC: no space left on device, write'), { code: 'ENOSPC' });
      };
      await expect(tokenizeDataset(options({ dir, append, recordEvery: 1 }))).rejects.toThrow(
        /full must be a folder that can be written, but the system says ENOSPC.*same command again/,
      );
      expect(readdirSync(dir)).not.toContain('manifest.json');
      await tokenizeDataset(options({ dir }));
      expect(contents(dir)).toEqual(contents(whole!.dir));
    }
  });

  it('leaves a complete dataset as it is, also when a source was only touched', async () => {
    const first = await tokenizeDataset(options());
    const before = contents(first!.dir);
    utimesSync(join(sources, 'a.jsonl'), new Date(), new Date(Date.now() + 5000));
    const again = await tokenizeDataset(options());
    expect(again).toMatchObject({ reused: true, sha256: first!.sha256 });
    expect(contents(first!.dir)).toEqual(before);
  });

  it('refuses another request for the same folder, and makes it again when it may', async () => {
    const extra = join(out, 'extra.jsonl');
    writeFileSync(extra, '{"text":"one"}\n{"text":"two"}\n{"text":"three"}\n');
    const { files } = findSources([extra]);
    await tokenizeDataset(options({ files }));
    await expect(
      tokenizeDataset(options({ files, settings: { ...settings, splitSeed: 1 } })),
    ).rejects.toThrow(/same sources and settings, but splitSeed was 0 and is now 1; choose another folder/);
    await expect(tokenizeDataset(options({ files, tokenizer: { vocabSize: 300 } }))).rejects.toThrow(
      /but the tokenizer is another one/,
    );
    await expect(tokenizeDataset(options())).rejects.toThrow(/but there were 1 sources and are now 3/);
    appendFileSync(extra, '{"text":"four"}\n');
    const changed = options({ files: findSources([extra]).files });
    await expect(tokenizeDataset(changed)).rejects.toThrow(/but extra\.jsonl was changed/);
    const done = await tokenizeDataset({ ...changed, replace: true });
    expect(done!.manifest.sources[0]!.documents).toBe(4);
    expect(notes.at(-2)).toMatch(/making .*dataset again: extra\.jsonl was changed/);
  });

  it('stops when a source changes while it is read', async () => {
    const path = join(out, 'grows.jsonl');
    writeFileSync(path, '{"text":"one"}\n{"text":"two"}\n');
    const observer = {
      note: (): void => {},
      progress: (phase: string): void => {
        if (phase === 'vocabulary') appendFileSync(path, '{"text":"three"}\n');
      },
    };
    await expect(
      tokenizeDataset(options({ files: findSources([path]).files, tokenizer: { vocabSize: 258 }, observer })),
    ).resolves.toBeDefined();
    writeFileSync(path, '{"text":"one one one"}\n{"text":"two two two"}\n');
    await expect(
      tokenizeDataset(
        options({
          dir: join(out, 'other'),
          files: findSources([path]).files,
          tokenizer: { vocabSize: 258 },
          observer,
        }),
      ),
    ).rejects.toThrow(/grows\.jsonl must not change while it is read, but it was changed/);
  });

  it('cuts a single text as a run in memory would', async () => {
    const path = join(out, 'single.txt');
    writeFileSync(path, text.slice(0, 300_000));
    const done = await tokenizeDataset(options({ files: findSources([path]).files }));
    const { train, validation } = splitText(text.slice(0, 300_000), 0.1);
    const dataset = openDataset(done!.dir);
    expect(documentsOf(done!.dir, dataset.train)).toEqual([train]);
    expect(documentsOf(done!.dir, dataset.validation)).toEqual([validation]);
    expect(dataset.tokenizerJson).toEqual(JSON.parse(JSON.stringify(trainBpe(train, { vocabSize: 400 }))));
  });

  it('gives both parts a document when there are few', async () => {
    const path = join(out, 'few.jsonl');
    for (const count of [2, 3]) {
      writeFileSync(path, Array.from({ length: count }, (_, i) => `{"text":"text ${i} ${i}"}\n`).join(''));
      for (const validationFraction of [0.001, 0.999]) {
        const done = await tokenizeDataset(
          options({
            dir: join(out, `few-${count}-${validationFraction}`),
            files: findSources([path]).files,
            settings: { ...settings, validationFraction },
          }),
        );
        const { train, validation } = done!.manifest.splits;
        expect(validationFraction < 0.5 ? validation.documents : train.documents).toBe(1);
        expect(train.documents + validation.documents).toBe(count);
      }
    }
    writeFileSync(path, '{"text":"only"}\n');
    await expect(
      tokenizeDataset(options({ dir: join(out, 'one'), files: findSources([path]).files })),
    ).rejects.toThrow(/at least 2 different documents.*there is 1/);
  });

  it('takes a vocabulary, of any size', async () => {
    const json = trainBpe(text.slice(0, 50_000), { vocabSize: 300 });
    const large = {
      ...json,
      added_tokens: [...json.added_tokens, { ...json.added_tokens[0]!, id: 70_000, content: '<|far|>' }],
    };
    const done = await tokenizeDataset(options({ tokenizer: { json: large } }));
    expect(done!.manifest).toMatchObject({
      dtype: 'uint32',
      tokenizer: { vocabSize: 70_001, endOfTextId: 0 },
    });
    expect(documentsOf(done!.dir, openDataset(done!.dir).train)[0]).toBe(paragraphs[0]);
    await expect(
      tokenizeDataset(options({ dir: join(out, 'b'), tokenizer: { vocabSize: 256 } })),
    ).rejects.toThrow(/at least 257, as every document ends with/);
    const endless = { ...json, added_tokens: [] };
    await expect(
      tokenizeDataset(options({ dir: join(out, 'c'), tokenizer: { json: endless } })),
    ).rejects.toThrow(/must have a token that ends a document/);
  });

  it('leaves no folder behind when a source is bad, and other people’s folders alone', async () => {
    const path = join(out, 'bad.jsonl');
    writeFileSync(path, '{"text":"fine"}\nnot JSON\n');
    const { files } = findSources([path]);
    await expect(tokenizeDataset(options({ files, dir: join(out, 'new', 'deep') }))).rejects.toThrow(
      /bad\.jsonl:2/,
    );
    expect(readdirSync(out)).toEqual(['bad.jsonl']);
    mkdirSync(join(out, 'mine'));
    writeFileSync(join(out, 'mine', 'precious.txt'), 'mine');
    await expect(tokenizeDataset(options({ dir: join(out, 'mine') }))).rejects.toThrow(
      /but it holds other files/,
    );
    expect(readdirSync(join(out, 'mine'))).toEqual(['precious.txt']);
  });
});
