import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runNibble } from '../../test/run-nibble.ts';
import { presets } from '../config/presets.ts';
import { defaultText } from '../data/default-text.ts';
import { presetsHelp } from './presets-command.ts';

let cwd: string;
beforeAll(() => {
  cwd = mkdtempSync(join(tmpdir(), 'nibble-train-'));
  writeFileSync(join(cwd, 'text.txt'), defaultText().text.slice(0, 15_000));
  writeFileSync(
    join(cwd, 'run.toml'),
    [
      'preset = "quick"',
      'data = "text.txt"',
      'backend = "wasm"',
      'vocabSize = 280',
      'context = 16',
      'batchSize = 2',
      'steps = 60',
      'learningRate = 0.03',
      'validationFraction = 0.8',
      'evalEvery = 2',
      'patience = 2',
      'checkpointEvery = 4',
      'sampleEvery = 3',
      'sampleTokens = 4',
      'lateRecipe = "bf16"',
      'lateRecipeAt = 3',
      'layerStatistics = false',
    ].join('\n'),
  );
  writeFileSync(join(cwd, 'wrong.toml'), 'steps = 3\n\n  patiense = 2 # sic\nbatchSize = "8"\n');
});
afterAll(() => rmSync(cwd, { recursive: true, force: true }));

describe('nibble train', () => {
  it('prints the lines that the README lists', async () => {
    const { code, stdout, stderr } = await runNibble(
      ['train', '--config', 'run.toml', '--out', 'run', '--json'],
      {
        cwd,
      },
    );
    expect([code, stderr]).toEqual([0, '']);
    const lines = stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as Record<string, unknown> & { type: string; step: number });
    const of = (type: string): typeof lines => lines.filter((line) => line.type === type);
    expect(of('start')).toMatchObject([{ run: 'run', preset: 'quick', model: 'nano', steps: 60 }]);
    expect(of('recipe')).toMatchObject([{ step: 4, recipe: 'bf16', isLate: false }]);
    expect(of('sample')[0]).toMatchObject({
      step: 3,
      prompt: expect.any(String),
      continuation: expect.any(String),
    });
    const [evaluations, [stopped], [done]] = [of('evaluation'), of('stopped'), of('done')];
    expect(evaluations[0]).toMatchObject({ step: 2, isBest: true, validationsLeft: 2 });
    expect(evaluations.at(-1)).toMatchObject({ step: stopped!.step, isBest: false, validationsLeft: 0 });
    expect(stopped).toMatchObject({
      bestStep: stopped!.step - 4,
      path: expect.stringMatching(/step-0000\d\d$/),
    });
    expect(done).toMatchObject({
      steps: stopped!.step,
      best: { step: stopped!['bestStep'] },
      report: 'run/report.html',
    });
    expect(of('checkpoint').map(({ step }) => step)).toEqual(
      expect.arrayContaining([4, stopped!['bestStep'], stopped!.step]),
    );
    expect(of('step')).toHaveLength(stopped!.step);
    expect(new Set(lines.map(({ type }) => type))).toEqual(
      new Set(['start', 'step', 'recipe', 'evaluation', 'sample', 'checkpoint', 'stopped', 'done']),
    );
  });

  it('gives line and column of wrong settings, and the nearest right one', async () => {
    const { code, stderr } = await runNibble(['train', '--config', 'wrong.toml'], { cwd });
    expect(stderr).toMatch(
      /"patiense" is not a setting \(in wrong\.toml:3:3\); did you mean "patience"\?\n.*batchSize must be .* but got "8" \(in wrong\.toml:4:13\)/,
    );
    expect(code).toBe(1);
  });
});

describe('nibble presets', () => {
  it('lists them', async () => {
    const { stdout } = await runNibble(['presets', '--json'], { cwd });
    expect(JSON.parse(stdout)).toEqual(presets);
    for (const { name } of presets) expect(presetsHelp()).toMatch(new RegExp(`^  ${name} `, 'm'));
  });
});

describe('nibble doctor --fit', () => {
  it('finds the batch for a config, as lines to put into it', async () => {
    const args = ['doctor', '--fit', '--config', 'run.toml', '--memory', '4MB', '--tokens-per-step', '1000'];
    const { code, stdout } = await runNibble([...args, '--json', '--measure'], { cwd });
    expect(code).toBe(0);
    const found = JSON.parse(stdout) as {
      config: { batchSize: number; gradientAccumulation: number };
      fit: { tokensPerStep: number; memory: { total: number } };
      measuredBytes: number;
    };
    const { batchSize, gradientAccumulation } = found.config;
    expect(batchSize).toBeGreaterThan(2);
    expect(found.fit.tokensPerStep).toBe(batchSize * gradientAccumulation * 16);
    expect(found.fit.tokensPerStep).toBeGreaterThanOrEqual(1000);
    expect(found.fit.memory.total * 1.05).toBeLessThanOrEqual(4e6);
    expect(found.measuredBytes).toBeLessThanOrEqual(4e6);
  });

  it('fails where nothing fits, and says what would', async () => {
    const { code, stdout } = await runNibble(
      ['doctor', '--fit', '--backend', 'wasm', '--memory', '26MB', '--context', '512'],
      { cwd },
    );
    expect(stdout).toMatch(
      /Not even one window fits: it takes .* MB\.\nWhat would fit:\n.*checkpointing = "block"/,
    );
    expect(code).toBe(1);
  });
});
