import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { writeGeneratedCorpus } from '../test/generated-corpus.ts';
import { startTestHub } from '../test/hub-server.ts';
import { runNibble, type NibbleResult } from '../test/run-nibble.ts';
import { defaultText } from './data/default-text.ts';

let cwd: string;
const { text } = defaultText();

beforeAll(() => {
  cwd = mkdtempSync(join(tmpdir(), 'nibble-tokenize-'));
  const paragraphs = text
    .slice(0, 120_000)
    .split('\n\n')
    .filter((body) => body !== '');
  writeFileSync(
    join(cwd, 'a.jsonl'),
    paragraphs.map((body) => `${JSON.stringify({ text: body })}\n`).join(''),
  );
  writeFileSync(join(cwd, 'bad.jsonl'), '{"text":"fine"}\n{"body":"text"}\n');
  mkdirSync(join(cwd, 'empty'));
  mkdirSync(join(cwd, 'full'));
  writeFileSync(join(cwd, 'full', 'precious.txt'), 'mine');
});
afterAll(() => rmSync(cwd, { recursive: true, force: true }));

const nibble = (args: readonly string[], env: Record<string, string> = {}): Promise<NibbleResult> =>
  runNibble(args, { cwd, env: { NIBBLE_CACHE: join(cwd, 'cache'), ...env } });
const jsonLines = (stdout: string): Record<string, unknown>[] =>
  stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Record<string, unknown>);
const small = ['--model', 'nano', '--context', '32', '--sample-tokens', '0', '--backend', 'wasm', '--json'];

describe('nibble tokenize with bad input', () => {
  it.each([
    [['a.jsonl'], /--out must name the folder of the dataset/],
    [['--out', 'd'], /missing required argument 'source'/],
    [['empty', '--out', 'd'], /the folder empty must hold documents \(\.txt/],
    [['bad.jsonl', '--out', 'd'], /bad\.jsonl:2 must have the field text, but it has body; .*--text-field/],
    [['a.jsonl', '--out', 'full'], /full must be a new or empty folder, .* but it holds other files/],
    [['a.jsonl', '--out', 'd', '--vocab-size', '256'], /--vocab-size must be a whole number from 257/],
    [
      ['a.jsonl', '--out', 'd', '--tokenizer', 'none.json'],
      /none\.json must be a tokenizer\.json, but there is no such file/,
    ],
    [['a.jsonl', '--out', 'd', '--tokenizer', 'x', '--vocab-size', '300'], /leave one of them out/],
    [['hf:nobody', '--out', 'd'], /must be hf:owner\/name/],
    [['--check', 'full'], /full must be a dataset, but it has no manifest\.json/],
  ])('%j: one clear message, a non-zero exit, nothing written', async (args, message) => {
    const before = readdirSync(cwd, { recursive: true }).toSorted();
    const { code, stderr } = await nibble(['tokenize', ...args]);
    expect(stderr).toMatch(message);
    expect(stderr).not.toMatch(/\n\s+at /);
    expect(code).toBe(1);
    expect(readdirSync(cwd, { recursive: true }).toSorted()).toEqual(before);
  });
});

describe('nibble tokenize', () => {
  it('makes a dataset that train and resume read, to the same losses as from the documents', async () => {
    const made = await nibble([
      'tokenize',
      'a.jsonl',
      '--out',
      'data',
      '--vocab-size',
      '300',
      '--validation-fraction',
      '0.1',
      '--json',
    ]);
    expect(made.stderr).toBe('');
    const done = jsonLines(made.stdout).at(-1)!;
    expect(done).toMatchObject({ type: 'done', dataset: 'data', reused: false, vocabSize: 300 });
    expect(done['megabytesPerSecond']).toBeGreaterThan(0);
    expect((await nibble(['tokenize', '--check', 'data'])).stdout).toMatch(
      /^data: 2 files with [\d,]+ tokens are as/,
    );

    const train = (data: string, out: string, steps: string): Promise<NibbleResult> =>
      nibble([
        'train',
        '--data',
        data,
        '--vocab-size',
        '300',
        ...small,
        '--steps',
        steps,
        '--out',
        out,
        '--checkpoint-every',
        '4',
      ]);
    const losses = ({ stdout }: NibbleResult): unknown[] =>
      jsonLines(stdout)
        .filter(({ type }) => type === 'step')
        .map(({ loss }) => loss);
    const fromDataset = await train('data', 'run-a', '6');
    expect(fromDataset.code).toBe(0);
    expect(losses(fromDataset)).toHaveLength(6);
    expect(losses(await train('a.jsonl', 'run-b', '6'))).toEqual(losses(fromDataset));

    // Back to step 4, as after a kill.
    rmSync(join(cwd, 'run-b', 'checkpoints', 'step-000006'), { recursive: true });
    const resumed = await nibble(['train', '--resume', 'run-b', '--json']);
    expect(resumed.stderr).toBe('');
    expect(losses(resumed)).toEqual(losses(fromDataset).slice(4));

    writeFileSync(join(cwd, 'data', 'train-00000.bin'), 'torn');
    const torn = await nibble(['train', '--resume', 'run-a']);
    expect(torn.stderr).toMatch(/train-00000\.bin must have \d+ bytes, but it has 4/);
    expect(torn.code).toBe(1);
  });

  it('comes to the same dataset after kill −9', async () => {
    writeGeneratedCorpus(join(cwd, 'b.jsonl'), 6_000_000);
    const args = ['tokenize', 'b.jsonl', '--vocab-size', '500', '--shard-tokens', '262144', '--json'];
    const run = (out: string, kill?: string): Promise<NibbleResult> =>
      runNibble([...args, '--out', out], {
        cwd,
        onOutput: (stdout) => (kill !== undefined && stdout.includes(kill) ? 'SIGKILL' : undefined),
      });
    const whole = jsonLines((await run('whole')).stdout).at(-1)!;
    for (const phase of ['"type":"survey"', '"type":"vocabulary"', '"type":"tokenize"']) {
      const { code } = await run('cut', phase);
      expect(code).toBe(null);
      expect(readdirSync(cwd)).toContain('cut');
    }
    expect(jsonLines((await run('cut')).stdout).at(-1)).toMatchObject({
      sha256: whole['sha256'],
      reused: false,
    });
    for (const name of ['train-00000.bin', 'validation-00000.bin', 'manifest.json', 'tokenizer.json']) {
      expect(readFileSync(join(cwd, 'cut', name))).toEqual(readFileSync(join(cwd, 'whole', name)));
    }
  });

  it('downloads from the hub that it is told of', async () => {
    const hub = await startTestHub();
    try {
      hub.files.set('data/a.jsonl', { content: readFileSync(join(cwd, 'a.jsonl')), large: true });
      const { stdout, code } = await nibble(
        ['tokenize', 'hf:owner/name', '--hub-url', hub.url, '--out', 'from-hub', '--vocab-size', '300'],
        { HF_TOKEN: 'hf_x' },
      );
      expect(code).toBe(0);
      expect(stdout).toMatch(/downloaded 0\.1 MB of hf:owner\/name to .*cache\/hub\/owner--name\/main/);
      expect(stdout).toMatch(/vocabulary {2}300 tokens, ids as uint16/);
      expect(stdout).toMatch(/Train on it with:\n {2}nibble train --data from-hub\n$/);
    } finally {
      await hub.close();
    }
  });
});
