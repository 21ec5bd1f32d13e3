import { describe, expect, it } from 'vitest';
import { joinCurves } from '../chart/join-curves.ts';
import type { RunSummary } from '../engine/run-summary.ts';
import { createLabRun } from '../state/lab-run.ts';
import type { LabRun } from '../state/lab-run.ts';
import { lossCurves } from './loss-curves.ts';

function runsOf(steps: number): LabRun[] {
  return ['f32', 'fp4-direct', 'fp4-paper'].map((name) => {
    const run = createLabRun({ run: name, name } as RunSummary);
    const lines = Array.from({ length: steps }, (_, i) => stepLine(i + 1));
    run.record.append(lines);
    return run;
  });
}

const stepLine = (step: number) =>
  ({
    type: 'step',
    step,
    loss: 3 + Math.sin(step * 12.9898),
    learningRate: 1e-3,
    gradNorm: 1,
    tokensPerSecond: 100,
  }) as const;

/** Milliseconds that the page takes for one more step of each run, at the best of several times. */
function costOf(runs: readonly LabRun[]): number {
  let best = Infinity;
  for (let tries = 0; tries < 30; tries++) {
    const startedAt = performance.now();
    for (const { record } of runs) record.append([stepLine(record.step + 1)]);
    joinCurves(lossCurves(runs).map(({ points }) => points));
    joinCurves(runs.map(({ record }) => record.tokensPerSecond.smoothed()));
    joinCurves(runs.map(({ record }) => record.gradNorm.thinned()));
    for (const { record } of runs) record.loss.meanOfLast(record.step / 10);
    best = Math.min(best, performance.now() - startedAt);
  }
  return best;
}

describe('lossCurves', () => {
  it('costs by the pixels and not by the steps: milliseconds after 100,000 of three runs', () => {
    const short = costOf(runsOf(5000));
    const long = costOf(runsOf(100_000));
    expect(long).toBeLessThan(4 * short + 1);
    expect(long).toBeLessThan(20);
  });

  it('names one run by what is drawn of it, several by themselves', () => {
    const runs = runsOf(3);
    const named = (of: readonly LabRun[]): string[] =>
      lossCurves(of).flatMap(({ name, isNamed }) => (isNamed ? [name] : []));
    for (const run of runs) run.summary.value = { ...run.summary.value, name: run.id };
    expect(named(runs.slice(0, 1))).toEqual(['training', 'validation']);
    expect(named(runs)).toEqual(['f32', 'fp4-direct', 'fp4-paper']);
  });
});
