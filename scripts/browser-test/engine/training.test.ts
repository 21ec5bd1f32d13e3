// The lab's worker in a headless Chromium, on wasm and on SwiftShader, beside Node.
import { beforeAll, describe, expect, it } from 'vitest';
import { outcomeOf } from '../../../apps/trainer/test/fault-run.ts';
import type { Outcome } from '../../../apps/trainer/test/fault-run.ts';
import { readMetrics } from '../../../apps/trainer/src/run/metrics.ts';
import { lossesOf, request, start, startOne, untilState, untilStep } from './tab.ts';
import { settings, skip, useEngine } from './use-engine.ts';

describe.skipIf(skip)("the lab's engine in Chromium", () => {
  const engine = useEngine();
  let wanted: Outcome;
  beforeAll(async () => {
    wanted = outcomeOf(await engine.trainInNode('node'));
  });

  it('trains on wasm to the bits of Node', async () => {
    const run = await startOne(engine.tab, 'wasm', settings);
    expect(await untilState(engine.tab, run, ['done', 'failed'])).toMatchObject({ state: { type: 'done' } });
    expect(await engine.outcomeOf(run)).toEqual(wanted);
  });

  it(
    'trains on WebGPU to the losses of Node, in turns with another recipe',
    { timeout: 120_000 },
    async () => {
      const short = { ...settings, steps: 20, evalEvery: 0, sampleEvery: 0 };
      const started = await start(engine.tab, 'webgpu', [
        { settings: { ...short, recipe: 'f32' } },
        { settings: { ...short, recipe: 'fp4-paper' } },
      ]);
      for (const { run } of started) {
        expect(await untilState(engine.tab, run, ['done', 'failed'])).toMatchObject({
          state: { type: 'done' },
        });
      }
      const losses = lossesOf(await request(engine.tab, 'openRun', { run: started[1]!.run }));
      const dir = await engine.trainInNode('paper', { recipe: 'fp4-paper', steps: 20, evalEvery: 0 });
      const inNodeToo = readMetrics(dir).flatMap(({ type, loss }) =>
        type === 'step' ? [loss as number] : [],
      );
      expect(losses).toHaveLength(20);
      for (const [step, loss] of losses.entries()) {
        expect(Math.abs(loss - inNodeToo[step]!)).toBeLessThan(1e-3);
      }
      const f32 = lossesOf(await request(engine.tab, 'openRun', { run: started[0]!.run }));
      expect(f32).toHaveLength(20);
      expect(f32).not.toEqual(losses);
    },
  );

  it('pauses, is reloaded, and goes on to the bits of the run that was never paused', async () => {
    const run = await startOne(engine.tab, 'wasm', settings);
    await untilStep(engine.tab, run, 2);
    const paused = await request(engine.tab, 'pauseRun', { run });
    expect(paused.state.type).toBe('paused');
    expect(paused.savedStep).toBe(paused.step);
    expect(paused.step).toBeLessThan(60);
    await request(engine.tab, 'resumeRun', { run });
    await untilStep(engine.tab, run, paused.step + 1);
    // In the middle of a step, without a word to the worker.
    await engine.tab.reload();
    await engine.tab.waitForFunction('window.enginePage');
    const [found] = (await request(engine.tab, 'listRuns', {})).runs;
    expect(found).toMatchObject({ run, name: 'quartet', state: { type: 'paused' }, text: 'own' });
    expect(found!.savedStep).toBeGreaterThanOrEqual(paused.step);
    await request(engine.tab, 'resumeRun', { run });
    await untilState(engine.tab, run, ['done', 'failed']);
    expect(await engine.outcomeOf(run)).toEqual(wanted);
  });

  it('counts the time in which a run had the device, not that of others', async () => {
    const turns = { ...settings, steps: 400, evalEvery: 0, sampleEvery: 0, checkpointEvery: 0 };
    const startedAt = performance.now();
    const started = await start(engine.tab, 'wasm', [{ settings: turns }, { settings: turns }]);
    let seconds = 0;
    for (const { run } of started) {
      await untilState(engine.tab, run, ['done', 'failed']);
      const { lines } = await request(engine.tab, 'openRun', { run });
      for (const line of lines) if (line.type === 'done') seconds += line.seconds;
    }
    expect(seconds).toBeGreaterThan(0);
    expect(seconds).toBeLessThanOrEqual((performance.now() - startedAt) / 1000);
  });

  it('draws a layer on the grid, and leaves the bits of the run as they are', async () => {
    const clamped = { ...settings, recipe: 'fp4-paper-alpha0.95', evalEvery: 0 };
    const [watched, alone] = await start(engine.tab, 'wasm', [{ settings: clamped }, { settings: clamped }]);
    const layer = { role: 'fc1', block: 1 } as const;
    await request(engine.tab, 'watchLayer', { run: watched!.run, layer });
    await untilState(engine.tab, watched!.run, ['done', 'failed']);
    await untilState(engine.tab, alone!.run, ['done', 'failed']);
    const drawn = await engine.tab.evaluate(() =>
      window.enginePage.events.find(({ type }) => type === 'histogram'),
    );
    if (drawn?.type !== 'histogram') throw new Error('expected a histogram');
    const { weights, activations } = drawn;
    const sum = (counts: readonly number[]): number => counts.reduce((all, count) => all + count, 0);
    expect(sum(weights.counts)).toBe(sum(weights.codeCounts));
    expect(sum(activations.counts)).toBe(sum(activations.codeCounts));
    expect(activations.clippedShare).toBeGreaterThan(0.05);
    expect(activations.clippedShare).toBeLessThan(0.15);
    const { low, high } = activations.thresholds!;
    expect(low).toBeGreaterThanOrEqual(-6);
    expect(high).toBeLessThanOrEqual(6);
    expect(weights.decibels).toBeGreaterThan(15);
    const losses = await Promise.all(
      [watched!, alone!].map(async ({ run }) => lossesOf(await request(engine.tab, 'openRun', { run }))),
    );
    expect(losses[0]).toEqual(losses[1]);
  });
});
