import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { stripVTControlCharacters } from 'node:util';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { runNibble } from '../../test/run-nibble.ts';
import type { NibbleResult, RunNibbleOptions } from '../../test/run-nibble.ts';
import { runCli } from '../run-cli.ts';
import { readMetrics } from '../run/metrics.ts';
import { readScalingRecords } from '../scaling/read-scaling-records.ts';
import { smallText, sweepOf } from '../../test/small-sweep.ts';

let cwd: string;
beforeAll(() => {
  cwd = mkdtempSync(join(tmpdir(), 'nibble-sweep-'));
  writeFileSync(join(cwd, 'text.txt'), smallText());
  writeFileSync(join(cwd, 'no-tokenizer.json'), '{}');
  writeFileSync(join(cwd, 'one.toml'), 'model = "nano"\n');
  writeFileSync(join(cwd, 'two.toml'), sweepOf('recipe = ["f32", "int4-channel"]\nsteps = 60\n'));
});
afterAll(() => rmSync(cwd, { recursive: true, force: true }));

const sweep = (args: readonly string[], options: Partial<RunNibbleOptions> = {}): Promise<NibbleResult> =>
  runNibble(['sweep', ...args], { cwd, ...options });
const onceItTrains =
  (signal: NodeJS.Signals) =>
  (stdout: string): NodeJS.Signals | undefined =>
    /step [1-9]\d*\/60  loss/.test(stdout) ? signal : undefined;

interface SweepJson {
  readonly files?: readonly string[];
  readonly runs: readonly { readonly run: string; readonly status: string; readonly reason?: string }[];
}
const lastLine = ({ stdout }: NibbleResult): SweepJson =>
  JSON.parse(stdout.trim().split('\n').at(-1)!) as SweepJson;

describe('nibble sweep', () => {
  it('goes on after Ctrl-C and a kill, trains nothing twice, and writes what nibble fit reads', async () => {
    const plan = lastLine(await sweep(['two.toml', '--dry-run', '--json']));
    expect(plan.runs.map(({ status }) => status)).toEqual(['new', 'new']);
    expect(readdirSync(cwd)).not.toContain('runs');
    const stopped = await sweep(['two.toml'], { onOutput: onceItTrains('SIGINT') });
    expect(stopped.code, stopped.stderr).toBe(130);
    expect(stopped.stdout).toMatch(/started at \d+[^]*the same command goes on/);
    const killed = await sweep(['two.toml', '--jobs', '2'], { onOutput: onceItTrains('SIGKILL') });
    expect(killed.code).toBeNull();
    const finished = await sweep(['two.toml', '--jobs', '2', '--json']);
    expect(finished.code, finished.stderr).toBe(0);
    const { runs, files } = lastLine(finished);
    expect(runs.map(({ status }) => status)).toEqual(['finished', 'finished']);
    expect(files).toEqual([join('runs', 'two', 'runs.csv')]);

    const steps = runs.map(({ run }) =>
      readMetrics(join(cwd, 'runs/two', run)).flatMap(({ type, step }) => (type === 'step' ? [step] : [])),
    );
    const once = Array.from({ length: 60 }, (_, i) => i + 1);
    expect(steps).toEqual([once, once]);
    const csv = join(cwd, 'runs/two/runs.csv');
    const records = await readScalingRecords([csv]);
    expect(records.map(({ N, D, G, precision, seed }) => [N, D, G, precision, seed])).toEqual([
      [23_040, 60 * 4 * 32, undefined, 'f32', 1],
      [23_040, 60 * 4 * 32, 32, 'w4a4', 1],
    ]);
    expect(records.map(({ columns }) => columns?.['recipe'])).toEqual(['f32', 'int4-channel']);
    const written = statSync(join(cwd, 'runs/two', runs[0]!.run, 'metrics.jsonl')).mtimeMs;
    const again = await sweep(['two.toml']);
    expect(again.stdout).toMatch(/2 runs, 2 finished before, 0 steps to go/);
    expect(statSync(join(cwd, 'runs/two', runs[0]!.run, 'metrics.jsonl')).mtimeMs).toBe(written);
  });

  it('keeps what diverges and what fails with the reason, and goes on with the others', async () => {
    const grids =
      'recipe = "f32"\nsteps = 20\n[[runs]]\nlearningRate = 10\nweightDecay = 10\nwarmupFraction = 0\n' +
      '[[runs]]\ntokenizer = "no-tokenizer.json"\n[[runs]]\n';
    writeFileSync(join(cwd, 'three.toml'), sweepOf(grids));
    const { code, stdout } = await sweep(['three.toml', '--jobs', '2']);
    expect(code).toBe(1);
    expect(stdout).toMatch(/3 runs, 1 finished, 1 diverged, 1 failed/);
    const rows = readFileSync(join(cwd, 'runs/three/unfinished.csv'), 'utf8').trim().split('\n');
    expect(rows).toHaveLength(3);
    expect(rows[1]).toMatch(/diverged,\d+,step \d+: the .* is not finite/);
    expect(rows[2]).toMatch(/failed,0,.*tokenizer/);
    expect(readFileSync(join(cwd, 'runs/three/runs.csv'), 'utf8').trim().split('\n')).toHaveLength(2);
    // A failure may have gone away; a divergence comes again.
    const dry = lastLine(await sweep(['three.toml', '--dry-run', '--json']));
    expect(dry.runs.map(({ status }) => status)).toEqual(['diverged', 'failed', 'finished']);
  });

  it.each([
    [['--redis', 'redis://127.0.0.1:1', '--jobs', '2'], /--redis must come without --jobs and --index/],
    [['--sweep-id', 'x'], /--sweep-id must come with --index/],
    [['--emit', 'k8s'], /--emit k8s must come with --image/],
    [['--emit', 'pbs'], /--emit must be one of k8s, slurm, but got "pbs"/],
    [
      ['--redis', 'redis://:secret@127.0.0.1:1'],
      /^error: --redis must be a Redis that can be reached[^]{1,99}$/,
    ],
  ])('%j: one clear message', async (args, message) => {
    const write = vi.spyOn(process.stderr, 'write').mockReturnValue(true);
    const code = await runCli(['sweep', join(cwd, 'one.toml'), '--runs', join(cwd, 'none'), ...args]);
    const stderr = stripVTControlCharacters(write.mock.calls.map(([text]) => String(text)).join(''));
    write.mockRestore();
    expect(stderr).toMatch(message);
    expect(stderr).not.toMatch(/\n\s+at |secret/);
    expect(code).toBe(1);
  });

  it('trains one run as a task of an array, and gathers afterwards', async () => {
    const { stdout: script } = await sweep(['two.toml', '--emit', 'slurm', '--runs', 'array']);
    const id = /--sweep-id (\w+)/.exec(script)![1]!;
    const task = ['two.toml', '--runs', 'array', '--sweep-id', id, '--index'];
    const { code, stderr } = await sweep([...task, '1']);
    expect(code, stderr).toBe(0);
    const { runs } = lastLine(await sweep(['two.toml', '--runs', 'array', '--gather', '--json']));
    expect(runs.map(({ status }) => status)).toEqual(['new', 'finished']);
    const changed = await sweep([...task.toSpliced(4, 1, 'ffffffffffff'), '0']);
    expect(changed.stderr).toMatch(/--sweep-id must be that of the file/);
    expect((await sweep([...task, '2'])).stderr).toMatch(/--index must be a whole number from 0 to 1/);
  });
});
