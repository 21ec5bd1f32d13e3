import { appendFileSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parquetWriteBuffer } from 'hyparquet-writer';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { startTestHub } from '../../test/hub-server.ts';
import { defaultConfig } from '../config/train-config.ts';
import { trainBpe } from '../tokenizer/train-bpe.ts';
import { defaultText } from './default-text.ts';
import { findData } from './find-data.ts';
import { findDataOfRun, openCorpus, type CorpusSettings, type OpenCorpusOptions } from './open-corpus.ts';
import { prepareCorpus, type Corpus } from './prepare-corpus.ts';
import type { TokenSource } from './token-source.ts';

const { text } = defaultText();
const paragraphs = text
  .slice(0, 60_000)
  .split('\n\n')
  .filter((body) => body !== '');
let folder: string;
let notes: string[];
let settings: CorpusSettings;
const cacheBefore = process.env['NIBBLE_CACHE'];

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'nibble-corpus-'));
  process.env['NIBBLE_CACHE'] = join(folder, 'cache');
  notes = [];
  settings = { ...defaultConfig, vocabSize: 300, context: 16, validationFraction: 0.2 };
});
afterEach(() => {
  rmSync(folder, { recursive: true });
  if (cacheBefore === undefined) delete process.env['NIBBLE_CACHE'];
  else process.env['NIBBLE_CACHE'] = cacheBefore;
});

const note = (line: string): void => void notes.push(line);
const { signal } = new AbortController();
const open = async (
  data: string | null,
  more: Partial<CorpusSettings> = {},
  options: Partial<OpenCorpusOptions> = {},
): Promise<Corpus> =>
  openCorpus(
    await findData(data, { note, signal }),
    { ...settings, ...more, data },
    { observer: { note, progress: () => {} }, signal, ...options },
  );
const all = (tokens: TokenSource): Int32Array => tokens.read(0, tokens.length);
const jsonl = (bodies: readonly string[], name = 'a.jsonl'): string => {
  const path = join(folder, name);
  writeFileSync(path, bodies.map((body) => `${JSON.stringify({ text: body })}\n`).join(''));
  return path;
};

describe('openCorpus', () => {
  it('keeps a text in memory, as ever', async () => {
    const path = join(folder, 'a.txt');
    writeFileSync(path, text.slice(0, 60_000));
    const corpus = await open(path);
    const wanted = await prepareCorpus({ name: path, text: text.slice(0, 60_000) }, settings);
    expect(corpus.sha256).toBe(wanted.sha256);
    expect(all(corpus.train)).toEqual(all(wanted.train));
    expect(corpus.wholeText).toBe(true);
    expect(notes).toEqual([
      expect.stringMatching(/^text {5}.*a\.txt, 60,000 characters; training a vocabulary/),
    ]);
    const given = join(folder, 'tokenizer.json');
    const json = trainBpe('the whale the whale', { vocabSize: 262 });
    writeFileSync(given, JSON.stringify(json));
    expect((await open(path, { tokenizer: given })).tokenizer.vocabSize).toBe(262);
  });

  it('makes a dataset of documents once, and again only when they change', async () => {
    const path = jsonl(paragraphs);
    const first = await open(path);
    expect(first.wholeText).toBe(false);
    expect(first.tokenizer.vocabSize).toBe(300);
    expect(notes).toEqual([
      expect.stringMatching(/^trained a vocabulary of 300 tokens on a sample of/),
      expect.stringMatching(
        /^dataset {2}.*cache\/datasets\/a\.jsonl-[\da-f]{10}, for this run and later ones$/,
      ),
      expect.stringMatching(
        /^data {5}.*a\.jsonl: [\d,]+ tokens of \d+ documents, [\d,]+ for validation; a vocabulary of [\d,]+$/,
      ),
    ]);
    notes = [];
    const second = await open(path);
    expect(second.sha256).toBe(first.sha256);
    expect(all(second.train)).toEqual(all(first.train));
    expect(notes[0]).toMatch(/as it was made before$/);
    await open(path, { vocabSize: 280 });
    expect(readdirSync(join(folder, 'cache', 'datasets'))).toHaveLength(2);
    appendFileSync(path, '{"text":"one more"}\n');
    notes = [];
    expect((await open(path)).sha256).not.toBe(first.sha256);
    expect(notes[0]).toMatch(/^dataset .* is of other documents: a\.jsonl was changed$/);
    // Runs of the old one go on, also without the documents.
    rmSync(path);
    const progress = { dataSha256: first.sha256, wholeText: false };
    const found = await findDataOfRun({ ...settings, data: path }, first.tokenizerJson, progress, {
      note,
      signal,
    });
    const resumed = await openCorpus(
      found,
      { ...settings, data: path },
      {
        tokenizerJson: first.tokenizerJson,
        observer: { note, progress: () => {} },
        signal,
      },
    );
    expect(all(resumed.train)).toEqual(all(first.train));
    const gone = { ...progress, dataSha256: 'another' };
    await expect(
      findDataOfRun({ ...settings, data: path }, first.tokenizerJson, gone, { note, signal }),
    ).rejects.toThrow(/no such file/);
  });

  it('goes on with a run: its own vocabulary names the same dataset', async () => {
    const path = jsonl(paragraphs);
    const first = await open(path);
    const resumed = await open(path, {}, { tokenizerJson: first.tokenizerJson });
    expect(resumed.sha256).toBe(first.sha256);
    expect(readdirSync(join(folder, 'cache', 'datasets'))).toHaveLength(1);
    const other = trainBpe('another another another text text', { vocabSize: 260 });
    await expect(open(path, {}, { tokenizerJson: other })).rejects.toThrow(
      /must be tokenized with the tokenizer\.json of the run, but it was with another one/,
    );
    // A run that starts from another's weights takes its vocabulary along.
    const initial = await open(path, { init: 'runs/a' }, { tokenizerJson: other });
    expect(initial.tokenizer.vocabSize).toBe(260);
  });

  it('reads Parquet and folders of everything', async () => {
    const mixed = join(folder, 'mixed');
    mkdirSync(mixed);
    writeFileSync(
      join(mixed, 'a.parquet'),
      new Uint8Array(
        parquetWriteBuffer({ columnData: [{ name: 'text', data: paragraphs.slice(0, 50), type: 'STRING' }] }),
      ),
    );
    writeFileSync(join(mixed, 'b.txt'), text.slice(60_000, 80_000));
    writeFileSync(join(mixed, 'c.csv'), 'a,b');
    const corpus = await open(mixed);
    expect(corpus.train.length + corpus.validation.length).toBeGreaterThan(10_000);
    expect(notes[0]).toMatch(/1 other files are left out, such as c\.csv/);
  });

  it('trains on a dataset of the hub', async () => {
    const hub = await startTestHub();
    process.env['HF_ENDPOINT'] = hub.url;
    try {
      hub.files.set('train.jsonl', {
        content: new TextEncoder().encode(
          paragraphs.map((body) => `${JSON.stringify({ text: body })}\n`).join(''),
        ),
        large: true,
      });
      const corpus = await open('hf:owner/name');
      expect(all(corpus.train)).toEqual(all((await open(jsonl(paragraphs))).train));
    } finally {
      delete process.env['HF_ENDPOINT'];
      await hub.close();
    }
  });

  it('names what a context is too long for', async () => {
    await expect(open(jsonl(paragraphs.slice(0, 9)), { context: 100_000 })).rejects.toThrow(
      /training part of .*a\.jsonl must have at least 100001 tokens/,
    );
  });
});
