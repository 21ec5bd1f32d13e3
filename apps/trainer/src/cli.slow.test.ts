import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { testBackends } from '@nibble-ml/testing';
import { runNibble } from '../test/run-nibble.ts';

const LIMIT_MS = 1_500_000;

let cwd: string;
beforeAll(() => {
  cwd = mkdtempSync(join(tmpdir(), 'nibble-slow-'));
});
afterAll(() => rmSync(cwd, { recursive: true, force: true }));

type Line = Record<string, unknown>;

async function train(args: readonly string[]): Promise<{ losses: number[]; done: Line }> {
  const { code, stdout, stderr } = await runNibble(['train', ...args, '--json'], { cwd });
  expect(code, stderr).toBe(0);
  const lines = stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Line);
  return {
    losses: lines.filter(({ type }) => type === 'step').map(({ loss }) => loss as number),
    done: lines.at(-1)!,
  };
}

describe('nibble train, the default model on the default text', () => {
  const first30 = ['--recipe', 'fp4-paper', '--steps', '30', '--seed', '1'];
  let reference: number[];

  it('gives the same 30 losses twice, bit for bit', { timeout: LIMIT_MS }, async () => {
    ({ losses: reference } = await train([...first30, '--backend', 'wasm']));
    expect(reference).toHaveLength(30);
    expect((await train([...first30, '--backend', 'wasm'])).losses).toEqual(reference);
  });

  it.each(testBackends.filter((name) => name !== 'wasm'))(
    'gives the same 30 losses on %s as on wasm',
    { timeout: LIMIT_MS },
    async (backend) => {
      const { losses } = await train([...first30, '--backend', backend]);
      // Software adapters do not contract a * b + c, so that here not only the FP4 products but all bits are equal.
      expect(losses).toEqual(reference);
    },
  );

  it.each(['f32', 'fp4-direct', 'fp4-paper'])(
    '%s ends at least 0.5 nats below the unigram entropy',
    { timeout: LIMIT_MS },
    async (recipe) => {
      const { done } = await train(['--recipe', recipe, '--backend', 'wasm']);
      expect(done['valLoss'] as number).toBeLessThan((done['unigramNats'] as number) - 0.5);
    },
  );
});
