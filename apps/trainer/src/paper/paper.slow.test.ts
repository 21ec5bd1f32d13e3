import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runNibble } from '../../test/run-nibble.ts';
import { isQat } from './experiment.ts';
import { experiments } from './experiments.ts';

const LIMIT_MS = 600_000;

let cwd: string;
beforeAll(() => {
  cwd = mkdtempSync(join(tmpdir(), 'nibble-paper-slow-'));
});
afterAll(() => rmSync(cwd, { recursive: true, force: true }));

describe('nibble paper --quick', () => {
  it('compares recipes, two at a time', { timeout: LIMIT_MS }, async () => {
    const args = ['paper', 'figure1', '--quick', '--tokens', '512', '--jobs', '2', '--out', 'docs/results'];
    const { code, stdout, stderr } = await runNibble(args, { cwd });
    expect(code, stderr).toBe(0);
    expect(stdout).toMatch(/^6 runs, 0 finished before, 24 steps to go\n/);
    const files = readdirSync(join(cwd, 'docs/results')).toSorted();
    expect(files).toEqual(['figure1-curves.csv', 'figure1.csv', 'figure1.md', 'figure1.svg']);
    const read = (name: string): string => readFileSync(join(cwd, 'docs/results', name), 'utf8');
    expect(read('figure1.csv').split('\n')).toHaveLength(8);
    expect(read('figure1.md')).toMatch(/\| `fp4-paper` \(W4A4 \+ DGE \+ OCC\) +\| 2\.4 % \(1\.3B\)/);
    expect(read('figure1.md')).toMatch(/E5M2 x E2M1/);
    for (const name of files) expect(read(name)).not.toMatch(/NaN|undefined/);
  });

  const idsOf = (ofGrid: boolean): string[] =>
    experiments.filter((experiment) => isQat(experiment) === ofGrid).map(({ id }) => id);
  const expectFiles = (ids: readonly string[], kinds: readonly string[]): void => {
    for (const name of ids.flatMap((id) => kinds.map((kind) => `${id}.${kind}`))) {
      const text = readFileSync(join(cwd, 'runs/paper/quick', name), 'utf8');
      expect(text.length, name).toBeGreaterThan(200);
      expect(text, name).not.toMatch(/NaN[^ |]|undefined/);
    }
  };

  it('regenerates everything of arXiv 2501.17116', { timeout: LIMIT_MS }, async () => {
    const ids = idsOf(false);
    const args = ['paper', ...ids, '--quick', '--tokens', '1024', '--jobs', '2'];
    const { code, stderr } = await runNibble(args, { cwd });
    expect(code, stderr).toBe(0);
    expectFiles(ids, ['csv', 'svg', 'md']);
  });

  // Too few steps for a law: then its page says so, and has no drawing.
  it('regenerates everything of arXiv 2505.14302', { timeout: LIMIT_MS }, async () => {
    const ids = idsOf(true);
    const { code, stderr } = await runNibble(['paper', ...ids, '--quick', '--jobs', '2'], { cwd });
    expect(code, stderr).toBe(0);
    expectFiles(ids, ['csv', 'md']);
    expectFiles(
      ids.filter((id) => id !== 'b-law'),
      ['svg'],
    );
  });
});
