import { describe, expect, it } from 'vitest';
import { chinchilla } from '../laws/chinchilla.ts';
import { fitLaw } from './fit-law.ts';
import { UnidentifiableError } from './identifiability.ts';
import { chinchillaConstants, qatDeltaConstants } from '../laws/published.ts';
import { qat, qatDelta } from '../laws/qat-law.ts';
import type { ScalingRecord } from '../data/scaling-record.ts';
import { gridPoints, simulateRecords } from '../data/simulate-records.ts';

const base = chinchillaConstants.qat;
const { w4a4 } = qatDeltaConstants;
const design36 = gridPoints([1e8, 2e8, 5e8, 1e9, 2e9, 5e9], [2e9, 5e9, 1e10, 3e10, 1e11, 3e11]);
const paperDesign = gridPoints(
  [7.4e7, 1.45e8, 2.97e8, 5.95e8],
  [1e10, 2e10, 5e10, 1e11],
  [undefined, 32, 64, 128, 256, 1536],
);

describe('fitLaw refuses', () => {
  const high = simulateRecords(design36, { base });
  const all = simulateRecords(paperDesign, { base, delta: w4a4 });
  const only = (keep: (record: ScalingRecord) => boolean): ScalingRecord[] => all.filter(keep);

  it('too few sizes, tokens or group sizes, saying how many to add', () => {
    expect(() =>
      fitLaw(
        chinchilla,
        high.filter(({ N }) => N < 3e8),
      ),
    ).toThrow(
      /law chinchilla needs at least 3 different model sizes N, but the data have 2 \(100000000, 200000000\); add runs at 1 more/,
    );
    expect(() =>
      fitLaw(
        chinchilla,
        high.filter(({ D }) => D === 2e9),
      ),
    ).toThrow(/3 different token budgets D, but the data have 1 \(2000000000\); add runs at 2 more/);
    const oneGroup = only(({ G }) => G === undefined || G === 32);
    for (const law of [qatDelta, qat]) {
      expect(() => fitLaw(law, oneGroup)).toThrow(UnidentifiableError);
      expect(() => fitLaw(law, oneGroup)).toThrow(
        /2 different group sizes G, but the data have 1 \(32\); add runs/,
      );
    }
  });

  it('fewer runs than one more than the parameters', () => {
    const diagonal = [high[0]!, high[7]!, high[14]!, high[1]!, high[6]!];
    expect(() => fitLaw(chinchilla, diagonal)).toThrow(
      /5 parameters needs at least 6 runs, but the data have 5; add 1 more/,
    );
  });

  it('tokens that are always the same multiple of the size', () => {
    const proportional = simulateRecords(
      [1e8, 2e8, 5e8, 1e9, 2e9, 5e9].map((N) => ({ N, D: 20 * N })),
      { base },
    );
    expect(() => fitLaw(chinchilla, proportional)).toThrow(/N and D to vary independently.*correlation 1\.0/);
  });

  it('quantized runs that say nothing about one exponent', () => {
    // All quantized runs have seen the same tokens: k and gammaD fall together in the joint law.
    const sameTokens = only(({ G, D }) => G === undefined || D === 1e10);
    expect(() => fitLaw(qat, sameTokens)).toThrow(
      /leave .*gammaD.* undetermined; vary N, D and G independently/,
    );
  });

  it('records without the kind of run the law describes', () => {
    const quantized = only(({ G }) => G !== undefined);
    expect(() => fitLaw(chinchilla, quantized)).toThrow(
      /none of the 80 records is one; add f32 or bf16 runs/,
    );
    expect(() => fitLaw(qatDelta, high)).toThrow(/all 36 records are in high precision; add runs .* w4a4/);
    expect(() => fitLaw(qat, quantized)).toThrow(/needs high-precision runs .* add f32 or bf16 runs/);
    expect(() => fitLaw(qatDelta, quantized)).toThrow(
      /needs a high-precision twin .*; add the twins \[.*model sizes N/,
    );
  });

  it('several quantized precisions, unless one is chosen', () => {
    const other = simulateRecords(paperDesign, { base, delta: qatDeltaConstants.w4a16, precision: 'w4a16' });
    const both = [...all, ...other.filter(({ G }) => G !== undefined)];
    expect(() => fitLaw(qatDelta, both)).toThrow(
      /data have w4a16, w4a4; choose one with the option precision/,
    );
    const chosen = fitLaw(qatDelta, both, { resamples: 0, precision: 'w4a16' });
    expect(chosen.precision).toBe('w4a16');
    expect(chosen.parameters['gammaD']!.value).toBeCloseTo(qatDeltaConstants.w4a16.gammaD, 9);
    expect(() => fitLaw(qatDelta, both, { precision: 'w2a2' })).toThrow(/\(w4a16, w4a4\), but got w2a2/);
  });

  it('a quantized loss that is not above its twin', () => {
    const lucky = all.map(({ N, D, G, precision, loss }) => ({
      N,
      D,
      G,
      precision,
      loss: G === 32 && N < 8e7 ? 2 : loss,
    }));
    expect(() => fitLaw(qatDelta, lucky)).toThrow(
      /in 4 of 80 runs the quantized loss is not above its baseline \(first: N 74000000, .*option logOf: loss/,
    );
  });

  it.each([
    [{ loss: -1 }, /fitLaw: records\[3\]: loss must be a positive number of nats, but got -1/],
    [{ N: Number.NaN }, /fitLaw: records\[3\]: N must be a positive number, but got NaN/],
    [{ G: 32 }, /fitLaw: records\[3\]: f32 must have no G, but got 32/],
    [
      { precision: 'w4a4' },
      /fitLaw: records\[3\]: w4a4 must have a group size G of at least 2, but got undefined/,
    ],
  ])('the record %o', (change, message) => {
    expect(() => fitLaw(chinchilla, high.with(3, { ...high[3]!, ...change }))).toThrow(message);
  });

  it.each([
    [{ huberDelta: 0 }, /huberDelta must be positive or auto, but got 0/],
    [{ resamples: 1.5 }, /resamples must be a non-negative integer, but got 1.5/],
    [{ confidence: 1 }, /confidence must lie between 0 and 1, but got 1/],
    [{ seed: -1 }, /seed must be an integer/],
    [
      { starts: { E: [1] } },
      /starts must be for parameters of law chinchilla that have some \(alpha, beta\), but got E/,
    ],
    [{ starts: { alpha: [-1] } }, /starts of alpha must be at least one number above 0, but got \[-1\]/],
  ])('the options %o', (options, message) => {
    expect(() => fitLaw(chinchilla, high, options)).toThrow(message);
  });
});
