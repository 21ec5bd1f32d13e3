import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runNibble } from '../../test/run-nibble.ts';
import { runNibbleHere } from '../../test/run-nibble-here.ts';
import type { NibbleResult } from '../../test/run-nibble.ts';
import { defaultText } from '../data/default-text.ts';

const fixtures = fileURLToPath(new URL('../../test/evaluation', import.meta.url));

let cwd: string;
let run: string;
const nibble = (...args: string[]): Promise<NibbleResult> => runNibbleHere(...args, '--backend', 'wasm');
const json = async (...args: string[]): Promise<Record<string, unknown>> => {
  const { code, stdout, stderr } = await nibble(...args, '--json');
  expect(code, stderr).toBe(0);
  return JSON.parse(stdout) as Record<string, unknown>;
};

// A few steps: what is evaluated is the commands, not the model.
beforeAll(async () => {
  cwd = mkdtempSync(join(tmpdir(), 'nibble-evaluation-'));
  writeFileSync(join(cwd, 'text.txt'), defaultText().text.slice(0, 30_000));
  writeFileSync(join(cwd, 'short.txt'), 'The whale sang to the whale.');
  writeFileSync(join(cwd, 'documents.jsonl'), '{"body":"The whale sang."}\n{"body":"The sea was calm."}\n');
  const small = ['--model', 'nano', '--vocab-size', '300', '--context', '32', '--sample-tokens', '0'];
  run = join(cwd, 'run');
  const files = ['--data', join(cwd, 'text.txt'), '--out', run];
  const { code, stderr } = await nibble('train', ...files, ...small, '--steps', '4');
  if (code !== 0) throw new Error(stderr);
});
afterAll(() => rmSync(cwd, { recursive: true, force: true }));

describe('nibble eval', () => {
  it('counts every token of any text once, also of a short one, and of documents', async () => {
    const short = await json('eval', run, '--data', join(cwd, 'short.txt'));
    expect(short).toMatchObject({ run, step: 4, recipe: 'fp4-paper', backend: 'wasm' });
    expect(short['perplexity']).toBeCloseTo(Math.exp(short['loss'] as number), 3);
    const [half, whole] = [await json('eval', run, '--stride', '16'), await json('eval', run)];
    expect(half['tokens']).toBeGreaterThan(whole['tokens'] as number);
    expect((half['loss'] as number) / (whole['loss'] as number)).toBeCloseTo(1, 1);
    const documents = await json('eval', run, '--data', join(cwd, 'documents.jsonl'), '--text-field', 'body');
    expect(documents['tokens']).toBeGreaterThan(6);
  });

  it('refuses data that have changed since training', async () => {
    const path = join(cwd, 'text.txt');
    const before = readFileSync(path, 'utf8');
    writeFileSync(path, before.replace('whale', 'shark'));
    const { code, stderr } = await nibble('eval', run);
    writeFileSync(path, before);
    expect(stderr).toMatch(
      /text\.txt must be what .*run was trained on, with SHA-256 .*put the old data back/,
    );
    expect(code).toBe(1);
  });

  it('does tasks, with progress and a table', async () => {
    const tasks = `arc_easy=${fixtures}/arc-hub.jsonl,mine=${fixtures}/custom.jsonl,lambada=${fixtures}/lambada.jsonl`;
    const { code, stdout, stderr } = await nibble('eval', run, '--tasks', tasks);
    expect(code, stderr).toBe(0);
    expect(stdout).toMatch(
      /^step 4 of .*run, fp4-paper on wasm\ntask +documents +metric +value +standard error\n/,
    );
    expect(stdout).toMatch(/^arc_easy +2 +acc +[01]\.\d{4} +± 0\.\d{4}$/m);
    expect(stdout).toMatch(/^lambada +2 +acc .*\n +perplexity /m);
    const one = await json('eval', run, '--tasks', tasks, '--limit', '1', '--recipe', 'f32');
    expect(one).toMatchObject({ recipe: 'f32', tasks: { mine: { documents: 1, acc_stderr: null } } });
  });

  it.each([
    [['--tasks', 'arc_easy'], /--tasks must be NAME=FILE/],
    [['--tasks', 'mine=gone.jsonl'], /gone\.jsonl must be .* no such file/],
    [['--tasks', 'mine=@documents.jsonl'], /documents\.jsonl:1: field "choices" must be a list of texts/],
    [['--tasks', 'mine=x.jsonl', '--stride', '4'], /--tasks reads files of its own, but --stride was given/],
    [['--limit', '4'], /--limit counts the documents of --tasks/],
    [['--stride', '33'], /--stride must be a whole number from 1 to 32/],
    [['--data', '@documents.jsonl'], /documents\.jsonl:1 must have the field text/],
  ])('refuses %j', async (args, message) => {
    const { code, stdout, stderr } = await nibble(
      'eval',
      run,
      ...args.map((arg) => arg.replace('@', `${cwd}/`)),
    );
    expect(stderr).toMatch(message);
    expect(stderr).not.toMatch(/\n\s+at /);
    expect(code).toBe(1);
    expect(stdout).toBe('');
  });
});

describe('nibble sample', () => {
  const prompt = ['--prompt', 'The whale', '--tokens', '12'];

  it('writes the same text streamed and whole, and how fast', async () => {
    const streamed = await nibble('sample', run, ...prompt, '--samples', '2', '--min-p', '0.02');
    expect(streamed.code, streamed.stderr).toBe(0);
    expect(streamed.stdout).toMatch(
      /^--- sample 1, seed 1\nThe whale[^]*\n\n--- sample 2, seed 2\nThe whale/,
    );
    expect(streamed.stderr).toMatch(/24 tokens in \d+\.\d s: [\d.]+ tokens\/s, fp4-paper on wasm/);
    const whole = await nibble('sample', run, ...prompt, '--samples', '2', '--min-p', '0.02', '--no-stream');
    expect(whole.stdout).toBe(streamed.stdout);
    const { samples, tokensPerSecond } = (await json('sample', run, ...prompt, '--seed', '2')) as {
      samples: { seed: number; tokens: number; ended: string; text: string }[];
      tokensPerSecond: number;
    };
    expect(samples).toMatchObject([{ seed: 2, tokens: 12, ended: 'length' }]);
    expect(tokensPerSecond).toBeGreaterThan(0);
  });

  it('ends early at Ctrl-C, with what there is', async () => {
    const { code, stdout, stderr } = await runNibble(
      ['sample', 'run', '--prompt', 'The whale', '--tokens', '1000000', '--backend', 'wasm'],
      { cwd, onOutput: (text) => (text.length > 200 ? 'SIGINT' : undefined) },
    );
    expect(code).toBe(130);
    expect(stdout).toMatch(/^The whale[^]+\n$/);
    expect(stderr).toMatch(/stopping after this token; press Ctrl-C again/);
    expect(stderr).toMatch(/\d+ tokens in .* tokens\/s/);
  });

  it.each([
    [['--prompt', ''], /--prompt must have at least one character/],
    [['--min-p', '2'], /--min-p must be a number from 0 to 1, but got "2"/],
    [['--top-p', '0'], /--top-p must be above 0/],
    [['--samples', '0'], /--samples must be a whole number from 1/],
  ])('refuses %j', async (args, message) => {
    const { code, stderr } = await nibble('sample', run, ...args);
    expect(stderr).toMatch(message);
    expect(code).toBe(1);
  });
});
