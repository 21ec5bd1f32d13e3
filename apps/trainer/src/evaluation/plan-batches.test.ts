import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { planBatches, planEachAlone } from './plan-batches.ts';
import { sequenceOf } from './sequence.ts';
import type { Sequence } from './sequence.ts';

const ids = fc.array(fc.integer({ min: 0, max: 2 }), { minLength: 1, maxLength: 40 });
const sequences = fc.array(fc.tuple(ids, ids), { minLength: 1, maxLength: 30 });

describe('planBatches', () => {
  it('answers every sequence once, by a row that begins with it, in batches that are not too large', () => {
    fc.assert(
      fc.property(sequences, fc.integer({ min: 16, max: 200 }), (pairs, batchTokens) => {
        const all = pairs.map(([context, continuation]) =>
          sequenceOf(context, continuation.slice(0, 32), 32),
        );
        const batches = planBatches(all, { batchTokens, maxTokens: 32 });
        const answered = batches.flatMap(({ rows }) => rows.flatMap((row) => row.sequences));
        expect(answered.toSorted((a, b) => a - b)).toEqual([...all.keys()]);
        for (const { length, rows } of batches) {
          expect(length % 16).toBe(0);
          expect(rows.length * length <= batchTokens || rows.length === 1).toBe(true);
          for (const { inputs, sequences: indices } of rows) {
            expect(inputs.length).toBeLessThanOrEqual(length);
            for (const index of indices) {
              const { inputs: own } = all[index]!;
              expect(inputs.slice(0, own.length)).toEqual(own);
            }
          }
        }
      }),
      { seed: 1, numRuns: 200 },
    );
  });

  it('runs what several sequences begin with once', () => {
    const choices = ['yes', 'no'].map((_, i) => sequenceOf([5, 6, 7], [i], 16));
    const longer = sequenceOf([5, 6, 7], [8, 9, 10], 16);
    const other = sequenceOf([5, 6], [9, 10], 16);
    const batches = planBatches([...choices, other, longer], { batchTokens: 64, maxTokens: 16 });
    expect(batches).toHaveLength(1);
    expect(batches[0]!.rows.map((row) => row.sequences.toSorted())).toEqual([[0, 1, 3], [2]]);
  });

  it('makes rows no longer than the context, which need not be a multiple', () => {
    const long = sequenceOf(
      Array.from({ length: 30 }, (_, i) => i),
      [1],
      21,
    );
    expect(planBatches([long], { batchTokens: 8, maxTokens: 21 })).toMatchObject([{ length: 21 }]);
  });
});

describe('planEachAlone', () => {
  it('pads nothing and shares nothing', () => {
    const same: Sequence[] = [sequenceOf([1, 2], [3], 8), sequenceOf([1, 2], [3], 8)];
    expect(planEachAlone(same).map(({ length, rows }) => [length, rows.length])).toEqual([
      [2, 1],
      [2, 1],
    ]);
  });
});

describe('sequenceOf', () => {
  it('leaves out the beginning of what is too long, as lm-evaluation-harness does', () => {
    // (context + continuation)[-(8 + 1):][:-1]
    expect(sequenceOf([1, 2, 3, 4, 5, 6, 7, 8], [9, 10], 8)).toEqual({
      inputs: Int32Array.of(2, 3, 4, 5, 6, 7, 8, 9),
      targets: Int32Array.of(9, 10),
    });
    expect(sequenceOf([1], [2], 8)).toEqual({ inputs: Int32Array.of(1), targets: Int32Array.of(2) });
  });
});
