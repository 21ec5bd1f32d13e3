import { createHash } from 'node:crypto';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { writeGeneratedCorpus } from '../test/generated-corpus.ts';
import { runNibble, type NibbleResult } from '../test/run-nibble.ts';
import { createRandom } from './data/random.ts';
import { loadTokenizer } from './tokenizer/load-tokenizer.ts';
import { trainBpe } from './tokenizer/train-bpe.ts';

let cwd: string;
beforeAll(() => {
  cwd = mkdtempSync(join(tmpdir(), 'nibble-tokenize-slow-'));
});
afterAll(() => rmSync(cwd, { recursive: true, force: true }));

/** Has a process write down the most memory that it had resident, in kilobytes, when it ends. */
const measured = (file: string): Record<string, string> => ({
  NODE_OPTIONS: `--import=data:text/javascript,${encodeURIComponent(
    `import{isMainThread}from'node:worker_threads';import{writeFileSync}from'node:fs';if(isMainThread)process.on('exit',()=>writeFileSync(${JSON.stringify(file)},String(process.resourceUsage().maxRSS)))`,
  )}`,
});
const lastLine = ({ stdout }: NibbleResult): Record<string, number> =>
  JSON.parse(stdout.trim().split('\n').at(-1)!) as Record<string, number>;

describe('nibble tokenize of 100 MB', () => {
  it('stays within 1 GB of memory, which does not grow with the text', async () => {
    const peaks: number[] = [];
    for (const [name, bytes] of [
      ['100.jsonl', 1e8],
      ['500.jsonl', 5e8],
    ] as const) {
      const text = writeGeneratedCorpus(join(cwd, name), bytes);
      const file = join(cwd, `${name}.rss`);
      const result = await runNibble(
        ['tokenize', name, '--out', `${name}-dataset`, '--vocab-size', '8192', '--json'],
        { cwd, env: measured(file) },
      );
      expect(result.stderr).toBe('');
      const peakMegabytes = Number(readFileSync(file, 'utf8')) / 1e3;
      const done = lastLine(result);
      console.log(
        `${name}: ${(text / 1e6).toFixed(0)} MB of text, peak ${peakMegabytes.toFixed(0)} MB resident; vocabulary ${done['vocabularyMegabytesPerSecond']} MB/s, tokenizing ${done['megabytesPerSecond']} MB/s with all threads, ${done['seconds']!.toFixed(0)} s in all`,
      );
      peaks.push(peakMegabytes);
      const tokens = readdirSync(join(cwd, `${name}-dataset`)).filter((entry) => entry.endsWith('.bin'));
      expect(tokens.length).toBeGreaterThanOrEqual(2);
      rmSync(join(cwd, `${name}-dataset`), { recursive: true });
    }
    expect(peaks[0]).toBeLessThan(1000);
    // When garbage is collected differs by more than 100 MB from run to run; what grew with the text would take at least 400.
    expect(peaks[1]! - peaks[0]!).toBeLessThan(250);
  });
});

describe('a byte-level BPE', () => {
  it('is trained, and encodes text it has not met, at 5 MB/s of processor time', () => {
    const path = join(cwd, 'speed.jsonl');
    writeGeneratedCorpus(path, 2.2e7);
    const texts = readFileSync(path, 'utf8')
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => (JSON.parse(line) as { text: string }).text);
    const half = texts.length >> 1;
    const megabytesPerSecond = (pieces: readonly string[], work: () => void): number => {
      const start = process.cpuUsage();
      work();
      const { user, system } = process.cpuUsage(start);
      return pieces.reduce((sum, text) => sum + Buffer.byteLength(text), 0) / (user + system);
    };
    for (const vocabSize of [257, 4096, 32_768, 65_536]) {
      let json = trainBpe('a a', { vocabSize: 257 });
      const training = megabytesPerSecond(texts.slice(0, half), () => {
        json = trainBpe(texts.slice(0, half), { vocabSize });
      });
      const tokenizer = loadTokenizer(json);
      const encoding = megabytesPerSecond(texts.slice(half), () => {
        for (const text of texts.slice(half)) tokenizer.encode(text);
      });
      console.log(
        `vocabulary of ${tokenizer.vocabSize}: training ${training.toFixed(1)} MB/s, encoding ${encoding.toFixed(1)} MB/s`,
      );
      expect(training).toBeGreaterThan(5);
      expect(encoding).toBeGreaterThan(5);
    }
  });
});

describe('nibble tokenize under kill −9', () => {
  it('comes to the bits of the uninterrupted dataset from 20 random instants', async () => {
    writeGeneratedCorpus(join(cwd, 'kill.jsonl'), 8e6);
    const args = ['tokenize', 'kill.jsonl', '--vocab-size', '2000', '--shard-tokens', '300000', '--json'];
    const started = performance.now();
    await runNibble([...args, '--out', 'whole'], { cwd });
    const took = performance.now() - started;
    const digest = (dir: string): string[] =>
      readdirSync(join(cwd, dir))
        .filter((name) => name !== 'plan.json')
        .map(
          (name) =>
            `${name} ${createHash('sha256')
              .update(readFileSync(join(cwd, dir, name)))
              .digest('hex')}`,
        );
    const random = createRandom(7);
    let kills = 0;
    let rounds = 0;
    while (kills < 20) {
      rounds++;
      for (let done = false; !done;) {
        // Also a little after the end, so that one in a dozen is not killed.
        const killAfter = 1.1 * took * random.uniform();
        const { code } = await runNibble([...args, '--out', 'cut'], { cwd, killAfter });
        done = code === 0;
        if (code === null) kills++;
      }
      expect(digest('cut')).toEqual(digest('whole'));
      rmSync(join(cwd, 'cut'), { recursive: true });
    }
    console.log(`${kills} kills in ${rounds} datasets, each the same to the bit`);
  });
});
