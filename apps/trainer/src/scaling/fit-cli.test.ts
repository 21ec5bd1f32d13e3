import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  chinchillaConstants,
  decomposeError,
  gridPoints,
  qatDeltaConstants,
  simulateRecords,
} from '@nibble-ml/scaling-law';
import type { FitResult, Plan, QatDeltaParameters, ScalingRecord } from '@nibble-ml/scaling-law';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { runNibble } from '../../test/run-nibble.ts';
import { runCli } from '../run-cli.ts';

let cwd: string;
const at = (name: string): string => join(cwd, name);

beforeAll(() => {
  cwd = mkdtempSync(join(tmpdir(), 'nibble-fit-'));
  const records = simulateRecords(
    gridPoints([7.4e7, 1.45e8, 2.97e8, 5.95e8], [1e10, 2e10, 5e10, 1e11], [undefined, 32, 256]),
    { base: chinchillaConstants.qat, delta: qatDeltaConstants.w4a4, noise: 0.0005, seed: 1 },
  );
  writeFileSync(at('runs.csv'), csvOf(records));
});
afterAll(() => rmSync(cwd, { recursive: true, force: true }));

function csvOf(records: readonly ScalingRecord[]): string {
  const rows = records.map(({ N, D, G, precision, loss }) => `${N},${D},${G ?? ''},${precision},1,${loss}`);
  return `N,D,G,precision,seed,loss\n${rows.join('\n')}\n`;
}

describe('nibble fit', () => {
  afterEach(() => vi.restoreAllMocks());

  it('writes a report with figures, and prints the contract as JSON', async () => {
    const args = [
      'fit',
      'runs.csv',
      '--compare',
      'prior-delta',
      '--validate',
      '--bootstrap',
      '100',
      '--out',
      'fit',
      '--json',
    ];
    const { code, stdout, stderr } = await runNibble(args, { cwd });
    expect(stderr).toBe('');
    expect(code).toBe(0);
    const fit = JSON.parse(stdout) as FitResult & { comparison: { law: string }[]; validation: unknown[] };
    expect(Object.keys(fit)).toEqual(
      expect.arrayContaining(
        'law,parameters,relativeErrorOnDelta,relativeErrorOnLoss,objective,points,milliseconds'.split(','),
      ),
    );
    const { gammaN } = fit.parameters;
    expect(gammaN!.low!).toBeLessThan(gammaN!.value);
    expect(gammaN!.high!).toBeGreaterThan(gammaN!.value);
    expect(fit.comparison.map(({ law }) => law)).toEqual(['qat-delta', 'prior-delta']);
    expect(fit.validation).toHaveLength(4);
    expect(fit.bootstrap.replicates).toBeUndefined();
    expect(readdirSync(at('fit')).toSorted()).toEqual([
      'contours.svg',
      'fit.json',
      'fit.svg',
      'inputs.svg',
      'report.md',
    ]);
    const report = readFileSync(at('fit/report.md'), 'utf8');
    expect(report).toMatch(/\| data +\| runs.csv/);
    const stored = JSON.parse(readFileSync(at('fit/fit.json'), 'utf8')) as FitResult;
    expect(stored.bootstrap.replicates).toHaveLength(100);
    expect(stored.parameters).toEqual(fit.parameters);
  });

  it('keeps its fit where a law to compare it with cannot be fitted, and says so', async () => {
    // Two token budgets are enough for a law of the error, and too few for one of the loss.
    const budgets = simulateRecords(gridPoints([7.4e7, 1.45e8, 2.97e8], [1e10, 1e11], [undefined, 32, 256]), {
      base: chinchillaConstants.qat,
      delta: qatDeltaConstants.w4a4,
    });
    writeFileSync(at('budgets.csv'), csvOf(budgets));
    const args = ['fit', 'budgets.csv', '--compare', 'prior-delta,qat-delta-no-d', '--bootstrap', '0'];
    const { code, stdout } = await runNibble([...args, '--out', 'kept'], { cwd });
    expect(code).toBe(0);
    expect(stdout).toMatch(/^prior-delta .* not fitted$/m);
    expect(stdout).toMatch(/^qat-delta-no-d .*\d %/m);
    const note =
      /note: prior-delta could not be fitted to these runs: fitLaw: law chinchilla needs at least 3/i;
    expect(stdout).toMatch(note);
    expect(readdirSync(at('kept'))).toContain('fit.json');
    expect(readFileSync(at('kept/report.md'), 'utf8')).toMatch(note);
    const json = await runNibble([...args, '--json'], { cwd });
    expect(json.code).toBe(0);
    expect(json.stderr).toMatch(note);
    const { comparison } = JSON.parse(json.stdout) as { comparison: { law: string; notFitted?: string }[] };
    expect(comparison.map(({ law }) => law)).toEqual(['qat-delta', 'qat-delta-no-d', 'prior-delta']);
    expect(comparison[2]!.notFitted).toMatch(/law chinchilla needs at least 3/);
  });

  it('plans with what it fitted', async () => {
    const fit = await runNibble(['fit', 'runs.csv', '--law', 'qat', '--bootstrap', '0', '--json'], { cwd });
    writeFileSync(at('qat.json'), fit.stdout);
    const plan = await runNibble(
      ['plan', '--compute', '1e21', '--memory', '500MB', '--fit', 'qat.json', '--group', '32', '--json'],
      { cwd },
    );
    const plans = JSON.parse(plan.stdout) as Plan[];
    expect(plans.map(({ precision }) => precision)).toEqual(['w4a4', 'bf16']);
    expect(plans[0]!.weightBytes).toBeLessThanOrEqual(5e8 * (1 + 1e-9));
    const { stdout } = await runNibble(
      ['plan', '--size', '973M', '--tokens', '20B', '--fit', 'qat.json', '--group', '16'],
      { cwd },
    );
    expect(stdout).toMatch(
      /note: inputs "beyond fit" .* \(74M to 595M parameters, 10B to 100B tokens, groups of 32 to 256\)/,
    );
    expect(stdout).toMatch(/^w4a4 .* N G$/m);
  });

  it('splits the error by its own fit, and refuses one that has no parts', async () => {
    const parts = ['plan', '--size', '300M', '--tokens', '20B', '--group', '32', '--parts', '--fit'];
    const refused = await runNibble([...parts, 'qat.json'], { cwd });
    expect(refused.code).toBe(1);
    expect(refused.stdout).toBe('');
    expect(refused.stderr).toMatch(/--parts must have the laws of w4a16 and w16a4, but the fit has w4a4;/);

    // Twice the published errors, so that published constants would show.
    const double = (name: 'w4a16' | 'w16a4'): QatDeltaParameters => ({
      ...qatDeltaConstants[name],
      k: 2 * qatDeltaConstants[name].k,
    });
    const joint = (['w4a16', 'w16a4'] as const).flatMap((precision) =>
      simulateRecords(gridPoints([7.4e7, 2e8, 6e8], [1e10, 3e10, 1e11], [undefined, 32, 64, 256]), {
        base: chinchillaConstants.qat,
        delta: double(precision),
        precision,
      }),
    );
    writeFileSync(at('joint.csv'), csvOf(joint));
    const fit = await runNibble(['fit', 'joint.csv', '--law', 'qat-joint', '--bootstrap', '0', '--json'], {
      cwd,
    });
    writeFileSync(at('joint.json'), fit.stdout);
    const { stdout: json } = await runNibble([...parts, 'joint.json', '--json'], { cwd });
    const { plans, parts: atGroups } = JSON.parse(json) as { plans: Plan[]; parts: { weights: number }[] };
    expect(plans.length).toBeGreaterThan(0);
    const { stdout } = await runNibble([...parts, 'joint.json'], { cwd });
    const expected = decomposeError(
      { N: 3e8, D: 2e10, G: 32 },
      { weights: double('w4a16'), activations: double('w16a4') },
    );
    expect(atGroups.map(({ weights }) => weights)).toEqual([expect.closeTo(expected.weights, 6)]);
    expect(stdout).toMatch(
      new RegExp(`^ *32 +${expected.weights.toFixed(4)} +${expected.activations.toFixed(4)} `, 'm'),
    );
  });

  it('says how biased approach 2 is on these runs', async () => {
    const { hoffmann } = chinchillaConstants;
    const design = [1e19, 1e20, 1e21].flatMap((flops) =>
      [1, 2, 4, 8, 16].map((factor) => ({ N: factor * 5e7, D: flops / (6 * factor * 5e7) })),
    );
    const rows = simulateRecords(design, { base: hoffmann }).map(
      ({ N, D, precision, loss }) => `${N},${D},,${precision},${loss}`,
    );
    writeFileSync(at('isoflop.csv'), `N,D,G,precision,loss\n${rows.join('\n')}\n`);
    const args = [
      'fit',
      'isoflop.csv',
      '--law',
      'chinchilla',
      '--isoflop',
      '--bootstrap',
      '0',
      '--out',
      'isoflop',
    ];
    const { stdout } = await runNibble(args, { cwd });
    expect(stdout).toMatch(/bias of approach 2 .*: exponent 0\.\d+ in place of 0\.4516/);
    expect(stdout).toMatch(/note: approach 2 is biased/);
    expect(readdirSync(at('isoflop'))).toContain('isoflop.svg');
  });

  it('fits a formula and shows it in a table', async () => {
    const { code, stdout } = await runNibble(
      ['fit', 'runs.csv', '--formula', 'L = E + A/N^a + B/D^b', '--bootstrap', '50'],
      { cwd },
    );
    expect(code).toBe(0);
    expect(stdout).toMatch(/user fitted to 16 runs/);
    expect(stdout).toMatch(/^a +0\.\d+ +0\.\d+ +0\.\d+/m);
  });

  it.each([
    [['fit', 'runs.csv', '--law', 'qat-delt'], /--law must be one of .*did you mean "qat-delta"/],
    [['fit', 'runs.csv', '--bootstrap', 'many'], /--bootstrap must be a whole number from 0/],
    [['fit', 'runs.csv', '--formula', 'L = E + A/N^a', '--start', 'a'], /--start must be NAME=VALUE/],
    [['fit', 'runs.csv', '--start', 'a=1'], /--start and --real must come with --formula/],
    [['fit', 'runs.csv', '--out', '.'], /must be a new folder or that of a fit/],
    [['fit', 'runs.csv', '--isoflop', '--bootstrap', '0'], /at least 2 compute budgets 6ND/],
    [['plan'], /something must limit the tokens/],
    [['plan', '--compute', 'lots'], /--compute must be a count/],
    [['plan', '--fit', 'runs.csv', '--compute', '1e20'], /--fit must be the JSON of nibble fit/],
    [['plan', '--parts', '--compute', '1e20'], /--parts must come with --size and --tokens/],
  ])('%j is refused in one line', async (args, message) => {
    const errors: string[] = [];
    vi.spyOn(process.stderr, 'write').mockImplementation((text) => errors.push(String(text)) > 0);
    vi.spyOn(process.stdout, 'write').mockReturnValue(true);
    const paths = args.map((arg) => (arg === '.' ? cwd : arg.replace('runs.csv', at('runs.csv'))));
    expect(await runCli(paths)).toBe(1);
    expect(errors.join('')).toMatch(message);
    expect(errors.join('')).not.toMatch(/\n\s+at /);
  });

  it('splits the error into weights and activations', async () => {
    const { stdout } = await runNibble(['plan', '--size', '595M', '--tokens', '100B', '--parts'], { cwd });
    expect(stdout).toMatch(/Parts of the W4A4 error/);
    expect(stdout).toMatch(/^ +32 +0\.0186 +0\.0287 +0\.0429 +61 % +1\.54/m);
    expect(existsSync(at('plan'))).toBe(false);
  });
});
