import { existsSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { smallRuns, tensorsOf, timelessMetrics } from '../../test/small-run.ts';
import type { SmallRuns } from '../../test/small-run.ts';
import type { TrainConfig } from '../config/train-config.ts';
import { checkpointFolder, checkpointSteps } from '../run/checkpoint-folders.ts';
import { EarlyStop } from './early-stop.ts';
import { loadTrained } from './load-trained.ts';
import type { TrainStopped } from './train-observer.ts';

let runs: SmallRuns;
beforeAll(() => {
  runs = smallRuns();
});
afterAll(() => runs.remove());

describe('EarlyStop', () => {
  it('counts validations in a row that are not lower than the lowest', () => {
    const stop = new EarlyStop(2);
    const seen = [3, 2, 2, 2.5, NaN].map((loss, i) => [stop.observe(i + 1, loss), stop.isOver]);
    expect(seen).toEqual([
      [true, false],
      [true, false],
      [false, false],
      [false, true],
      [false, true],
    ]);
    expect(stop.state).toEqual({ bestLoss: 2, bestStep: 2, sinceBest: 3 });
    expect(stop.validationsLeft).toBe(0);
  });

  it('goes on from its state', () => {
    const [whole, cut] = [new EarlyStop(3), new EarlyStop(3)];
    for (const loss of [5, 4, 6]) whole.observe(0, loss);
    cut.restore(whole.state);
    for (const loss of [4.5, 4.4]) {
      expect(cut.observe(9, loss)).toBe(whole.observe(9, loss));
      expect([cut.isOver, cut.state]).toEqual([whole.isOver, whole.state]);
    }
    expect(cut.isOver).toBe(true);
  });

  it('never stops without patience', () => {
    const stop = new EarlyStop(0);
    for (let step = 1; step < 9; step++) stop.observe(step, step);
    expect([stop.isOn, stop.isOver]).toEqual([false, false]);
  });
});

describe('a run with patience', { timeout: 60_000 }, () => {
  // Memorizes its few tokens, so that validation gets worse after a while.
  const settings: Partial<TrainConfig> = {
    recipe: 'f32',
    validationFraction: 0.9,
    batchSize: 8,
    learningRate: 0.02,
    warmupFraction: 0,
    steps: 80,
    evalEvery: 2,
    patience: 3,
    keepCheckpoints: 1,
  };

  it('stops, goes back to its best checkpoint, and a resumed one does the same', async () => {
    let stopped: TrainStopped | undefined;
    const observer = { stopped: (stop: TrainStopped) => (stopped = stop) };
    const { dir, done, events } = await runs.train('whole', settings, { observer });
    const evaluations = timelessMetrics(dir).filter(({ type }) => type === 'evaluation');
    const lowest = evaluations.reduce((best, each) =>
      Number(each['valLoss']) < Number(best['valLoss']) ? each : best,
    );
    const { step, bestStep, bestLoss, path } = stopped!;
    expect(step).toBeLessThan(80);
    expect({ bestStep, bestLoss }).toEqual({ bestStep: lowest['step'], bestLoss: lowest['valLoss'] });
    expect(step).toBe(bestStep + 2 * 3);
    expect(path).toBe(checkpointFolder(dir, bestStep));
    expect(checkpointSteps(dir)).toEqual([bestStep, step]);
    expect(done).toMatchObject({ steps: step, best: { step: bestStep, path } });
    expect(done!.tokens).toBe(step * 8 * 16);
    expect(events.at(-1)).toBe(`stopped ${step}`);

    // What is evaluated, sampled and started from is the best model.
    const best = loadTrained(dir);
    expect(best.step).toBe(bestStep);
    best.linears.dispose();
    best.model.dispose();
    expect(timelessMetrics(dir)).toContainEqual(
      expect.objectContaining({ type: 'best', step, bestStep, valLoss: done!.valLoss }),
    );

    const cut = await runs.train('cut', settings, { stopAfter: bestStep + 3 });
    expect(cut.done).toBeUndefined();
    expect(existsSync(checkpointFolder(cut.dir, bestStep))).toBe(true);
    const resumed = await runs.resume(cut.dir);
    expect(resumed.done).toMatchObject({ steps: step, valLoss: done!.valLoss, best: { step: bestStep } });
    expect(tensorsOf(cut.dir, step)).toEqual(tensorsOf(dir, step));
    const onTheWay = (run: string): object[] =>
      timelessMetrics(run).filter(({ type }) => type === 'step' || type === 'evaluation');
    expect(onTheWay(cut.dir)).toEqual(onTheWay(dir));

    // A finished run has nothing left to do but its report.
    const again = await runs.resume(dir);
    expect(again.events).toEqual([`stopped ${step}`]);
    expect(again.done).toMatchObject({ steps: step, valLoss: done!.valLoss });
  });

  it('is its best checkpoint also where it comes to its end, where it validates once more', async () => {
    const short = { ...settings, steps: 7, patience: 100 };
    const { dir, done, events } = await runs.train('to-the-end', short);
    expect(events.filter((event) => event.startsWith('evaluation'))).toEqual(
      [2, 4, 6, 7].map((step) => `evaluation ${step}`),
    );
    expect(events.some((event) => event.startsWith('stopped'))).toBe(false);
    expect(done!.steps).toBe(7);
    expect(checkpointSteps(dir)).toContain(done!.best!.step);
  });
});
