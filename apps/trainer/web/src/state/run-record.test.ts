import { describe, expect, it } from 'vitest';
import type { MetricsLine } from '../engine/metrics-line.ts';
import { RunRecord } from './run-record.ts';

const step = (at: number, loss: number): MetricsLine => ({
  type: 'step',
  step: at,
  loss,
  learningRate: 1e-3,
  gradNorm: 1,
  tokensPerSecond: 100,
});
const evaluation = (at: number): MetricsLine => ({
  type: 'evaluation',
  step: at,
  valLoss: 3,
  bitsPerByte: 2,
});

describe('RunRecord', () => {
  it('draws what comes in batches as one curve, and says that there is more', () => {
    const record = new RunRecord();
    record.append([step(1, 6), step(2, 5)]);
    record.append([evaluation(2), step(3, 4)]);
    expect(record.loss.thinned()).toEqual([
      [1, 6],
      [2, 5],
      [3, 4],
    ]);
    expect(record.evaluations).toHaveLength(1);
    expect([record.step, record.revision.value]).toEqual([3, 2]);
  });

  it('takes back the steps that a resumed run repeats, and what was measured after them', () => {
    const record = new RunRecord();
    record.append([step(1, 6), step(2, 5), evaluation(2), step(3, 4), evaluation(3)]);
    record.append([step(3, 4.5)]);
    expect(record.loss.last).toEqual([3, 4.5]);
    expect(record.evaluations.map((line) => line.step)).toEqual([2]);
    record.append([step(1, 7)]);
    expect(record.loss.thinned()).toEqual([[1, 7]]);
    expect(record.evaluations).toEqual([]);
  });

  it('has a line once that comes both live and when the run is opened', () => {
    const record = new RunRecord();
    record.append([step(1, 6), evaluation(1)]);
    record.append([evaluation(1), step(2, 5)]);
    expect(record.evaluations).toHaveLength(1);
    expect(record.step).toBe(2);
  });

  it('has all steps of a run that trains while it is read, whichever way they come', () => {
    const record = new RunRecord();
    const live = [3, 4, 5, 6].map((at) => step(at, 7 - at));
    record.append(live);
    // The file was read when four steps were done; the sixth is sent later.
    record.replace(
      [1, 2, 3, 4].map((at) => step(at, 7 - at)),
      live.slice(0, 3),
    );
    record.append(live.slice(3));
    expect(record.loss.thinned().map(([at]) => at)).toEqual([1, 2, 3, 4, 5, 6]);
  });
});
