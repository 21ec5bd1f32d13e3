import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { defaultConfig } from '../config/train-config.ts';
import { openMetrics } from '../run/metrics.ts';
import { createRun } from '../run/run-folder.ts';
import { estimateSeconds } from './estimate-seconds.ts';
import type { SweepRun } from './plan-sweep.ts';
import type { SweepRunState } from './sweep-state.ts';

let cwd: string;
beforeAll(() => {
  cwd = mkdtempSync(join(tmpdir(), 'nibble-estimate-'));
});
afterAll(() => rmSync(cwd, { recursive: true, force: true }));

const state = (
  model: string,
  recipe: string,
  status: SweepRunState['status'],
  step: number,
): SweepRunState => {
  const name = `${model}-${recipe}`;
  const config = { ...defaultConfig, model, recipe, batchSize: 2, context: 32, steps: 100 };
  const run: SweepRun = { name, dir: join(cwd, name), files: { data: '', tokenizer: null }, config };
  return { run, status, step };
};

function finished(model: string, recipe: string, seconds: number): SweepRunState {
  const made = state(model, recipe, 'finished', 100);
  createRun(made.run.dir, { config: made.run.config, versions: {}, backend: 'cpu', adapter: {} });
  const metrics = openMetrics(made.run.dir);
  const losses = { trainLoss: 3, valLoss: 3, bitsPerByte: 2, unigramNats: 5 };
  metrics.append({ type: 'done', step: 100, ...losses, seconds });
  metrics.close();
  return made;
}

describe('estimateSeconds', () => {
  it('counts the tokens of what is left, at an assumed speed', () => {
    const states = [state('nano', 'f32', 'started', 60), state('nano', 'bf16', 'diverged', 5)];
    const { tokens, seconds, isMeasured } = estimateSeconds(states);
    expect(tokens).toBe(40 * 2 * 32);
    expect(seconds).toBeGreaterThan(0);
    expect(isMeasured).toBe(false);
  });

  it('goes by the finished runs of the same model and recipe, else of the same model', () => {
    const done = [finished('nano', 'f32', 10), finished('nano', 'bf16', 30), finished('micro', 'f32', 1000)];
    const estimate = (model: string, recipe: string): number =>
      estimateSeconds([...done, state(model, recipe, 'new', 0)]).seconds;
    expect(estimate('nano', 'f32')).toBeCloseTo(10, 9);
    expect(estimate('nano', 'bf16')).toBeCloseTo(30, 9);
    expect(estimate('nano', 'nvfp4')).toBeCloseTo(20, 9);
    expect(estimate('micro', 'nvfp4')).toBeCloseTo(1000, 9);
    // Of a model that none has been trained of, by its FLOPs.
    expect(estimate('tiny', 'f32')).toBeGreaterThan(1000);
  });
});
