import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { runCli } from '../run-cli.ts';
import { readMetrics } from '../run/metrics.ts';
import { runNibble } from '../../test/run-nibble.ts';
import type { RunNibbleOptions } from '../../test/run-nibble.ts';

let cwd: string;
beforeAll(() => {
  cwd = mkdtempSync(join(tmpdir(), 'nibble-paper-'));
});
afterAll(() => rmSync(cwd, { recursive: true, force: true }));

/** One run of 100 steps and, after it, its histograms. */
const one = ['paper', 'histograms', '--quick', '--seeds', '5,', '--tokens', '12800'];
const paper = (runs: string, options: Partial<RunNibbleOptions> = {}): ReturnType<typeof runNibble> =>
  runNibble([...one, '--runs', runs], { cwd, ...options });
const onceItTrains =
  (signal: NodeJS.Signals) =>
  (stdout: string): NodeJS.Signals | undefined =>
    /step [1-9]\d*\/100  loss/.test(stdout) ? signal : undefined;

/** What trains nothing needs no process of its own. */
async function inProcess(args: readonly string[]): Promise<{ code: number; stdout: string; stderr: string }> {
  const [log, write] = [vi.spyOn(console, 'log'), vi.spyOn(process.stderr, 'write')];
  log.mockImplementation(() => {});
  write.mockImplementation(() => true);
  try {
    const code = await runCli(['paper', ...args]);
    const text = (calls: readonly unknown[][]): string => calls.map(([line]) => String(line)).join('\n');
    return { code, stdout: text(log.mock.calls), stderr: text(write.mock.calls) };
  } finally {
    log.mockRestore();
    write.mockRestore();
  }
}

function losses(runs: string): unknown[] {
  const run = readdirSync(join(cwd, runs)).find((name) => name.startsWith('nano-f32'));
  return readMetrics(join(cwd, runs, run!)).map(({ type, step, loss, valLoss }) => [
    type,
    step,
    loss,
    valLoss,
  ]);
}

describe('nibble paper', () => {
  it('goes on after Ctrl-C and after a kill, to the bits of the uninterrupted run, and trains nothing twice', async () => {
    const stopped = await paper('torn', { onOutput: onceItTrains('SIGINT') });
    expect(stopped.code, stopped.stderr).toBe(130);
    expect(stopped.stdout).toMatch(/interrupted\n.*the same command goes on/);
    const killed = await paper('torn', { onOutput: onceItTrains('SIGKILL') });
    expect(killed.code).toBeNull();
    expect(killed.stdout).toMatch(/step [1-9]\d*\/100  goes on/);
    const finished = await paper('torn');
    expect(finished.code, finished.stderr).toBe(0);
    expect(finished.stdout).toMatch(/step [1-9]\d*\/100  goes on/);
    const again = await paper('torn');
    expect(again.stdout).toMatch(/1 runs, 1 finished before, 0 steps to go\nhistograms/);
    await paper('whole');
    expect(losses('torn')).toHaveLength(losses('whole').length);
    expect(losses('torn')).toEqual(losses('whole'));
  });

  it('lists all results without writing anything', async () => {
    const before = readdirSync(cwd, { recursive: true });
    const { code, stdout } = await inProcess(['--list', '--runs', join(cwd, 'none')]);
    expect(code).toBe(0);
    for (const id of [
      'table1',
      'figure1',
      'figure6a',
      'figure6d',
      'histograms',
      'speed-model',
      'b-law',
      'b-fc2',
    ]) {
      expect(stdout).toMatch(new RegExp(`^${id} `, 'm'));
    }
    expect(stdout).toMatch(/0 of 9 training runs finished, about .* on one core/);
    expect(readdirSync(cwd, { recursive: true })).toEqual(before);
  });

  it('refuses a scale for what trains a grid', async () => {
    const { code, stderr } = await inProcess(['figure1', 'b-law', '--model', 'nano']);
    expect(code).not.toBe(0);
    expect(stderr).toMatch(/--model must be left out for b-law.*but got nano; regenerate b-law by itself/);
  });

  it('writes the speed model without training', async () => {
    const out = join(cwd, 'speed');
    const { code } = await inProcess(['speed-model', '--quick', '--out', out, '--runs', join(cwd, 'none')]);
    expect(code).toBe(0);
    const text = readFileSync(join(out, 'speed-model.md'), 'utf8');
    expect(text).toContain('3.12 without corrections (the paper: 3.12) and 2.95 with both (the paper: 2.95)');
    expect(statSync(join(out, 'speed-model.svg')).size).toBeGreaterThan(1000);
    expect(existsSync(join(cwd, 'none'))).toBe(false);
  });

  it.each([
    [[], /must be told what to regenerate/],
    [['figure7'], /must be one of figure1, table1, .*but got "figure7"/],
    [['figure1', '--seeds', '1,1'], /--seeds must be how many/],
    [['figure1', '--model', 'tinny'], /--model must be one of .*did you mean "tiny"/],
    [['figure1', '--jobs', '0'], /--jobs must be a whole number from 1/],
  ])('%j: one clear message', async (args, message) => {
    const { code, stderr } = await inProcess([...args, '--runs', join(cwd, 'none')]);
    expect(stderr).toMatch(message);
    expect(stderr).not.toMatch(/\n\s+at /);
    expect(code).toBe(1);
    expect(existsSync(join(cwd, 'none'))).toBe(false);
  });
});
