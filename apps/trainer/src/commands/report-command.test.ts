import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Command } from 'commander';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { defaultConfig } from '../config/train-config.ts';
import { openMetrics } from '../run/metrics.ts';
import { createRun } from '../run/run-folder.ts';
import { addReportCommand } from './report-command.ts';

let root = '';
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'nibble-report-command-'));
  for (const [name, loss] of [
    ['a', 3],
    ['b', 2.5],
  ] as const) {
    const { dir } = createRun(join(root, name), {
      config: { ...defaultConfig, seed: loss * 2 },
      versions: {},
      backend: 'wasm',
      adapter: {},
    });
    const metrics = openMetrics(dir);
    metrics.append({ type: 'step', step: 1, loss, learningRate: 1e-3, gradNorm: 1, tokensPerSecond: 1024 });
    metrics.append({ type: 'evaluation', step: 1, valLoss: loss, bitsPerByte: 1 });
    metrics.close();
  }
});
afterEach(() => rmSync(root, { recursive: true }));

function report(...args: string[]): string {
  let printed = '';
  const write = vi.spyOn(process.stdout, 'write').mockImplementation((text) => {
    printed += String(text);
    return true;
  });
  const program = new Command().exitOverride();
  addReportCommand(program);
  try {
    program.parse(['report', ...args], { from: 'user' });
  } finally {
    write.mockRestore();
  }
  return printed;
}

describe('nibble report', () => {
  it('writes the page of a run that is under way into its folder', () => {
    expect(report(join(root, 'a'))).toBe(`${join(root, 'a', 'report.html')}\n`);
    expect(readFileSync(join(root, 'a', 'report.html'), 'utf8')).toContain('step 1 of 300');
  });

  it('puts several over each other, and gives their final figures as JSON', () => {
    const out = join(root, 'both.html');
    const { report: path, runs } = JSON.parse(
      report(join(root, 'a'), join(root, 'b'), '--out', out, '--json'),
    ) as { report: string; runs: object[] };
    expect(path).toBe(out);
    expect(readFileSync(out, 'utf8')).toContain('<h1>2 runs</h1>');
    expect(runs).toMatchObject([
      { run: join(root, 'a'), valLoss: 3, seed: 6, step: 1, steps: 300, isFinished: false },
      { run: join(root, 'b'), valLoss: 2.5, seed: 5 },
    ]);
  });

  it('replaces a report, and nothing else', () => {
    const out = join(root, 'page.html');
    report(join(root, 'a'), '--out', out);
    report(join(root, 'b'), '--out', out);
    writeFileSync(out, '<p>my own page</p>');
    expect(() => report(join(root, 'a'), '--out', out)).toThrow(
      /page\.html must be a new file or a report, but it is another file/,
    );
    expect(readFileSync(out, 'utf8')).toBe('<p>my own page</p>');
  });

  it('refuses what is no run, and writes nothing', () => {
    expect(() => report(join(root, 'a'), join(root, 'gone'), '--out', join(root, 'x.html'))).toThrow(
      /gone must be the folder of a run, but it does not exist/,
    );
    expect(existsSync(join(root, 'x.html'))).toBe(false);
  });
});
