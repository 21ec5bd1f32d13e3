import { studentQuantile } from '@nibble-ml/scaling-law';
import { describe, expect, it } from 'vitest';
import { defaultConfig } from '../config/train-config.ts';
import type { Claim } from './experiment.ts';
import { judgeClaim } from './judge-claim.ts';
import { lossTable } from './loss-table.ts';
import type { ArmResults } from './loss-table.ts';

const SEEDS = [1, 2, 3];

/** An arm with one loss per seed; null diverged. */
function arm(recipe: string, losses: readonly (number | null)[], stepMs = 100): ArmResults {
  return {
    arm: { recipe, label: recipe, paper: '' },
    runs: losses.map((valLoss, i) => ({
      plan: { recipe, seed: SEEDS[i]!, dir: `runs/${recipe}-${i}`, config: defaultConfig },
      valLoss,
      valTokens: 1000,
      divergence: valLoss === null ? { step: 7, tensor: 'loss' } : null,
      trainLoss: valLoss,
      lossByStep: [],
      stepSeconds: { median: stepMs / 1000, fastestTenth: stepMs / 1000 },
      products: [],
      backend: 'wasm',
      adapter: 'none',
      versions: {},
    })),
  };
}

const f32 = arm('f32', [4, 5, 4]);
const direct = arm('fp4-direct', [4.4, 5.5, 4.4], 80);
// Closes half of the gap with each seed.
const half = arm('fp4-paper', [4.2, 5.25, 4.2], 120);
// Above and below.
const noise = arm('noise', [4.1, 4.9, 4]);
const broken = arm('broken', [null, 5.5, 4.4]);
const arms = [f32, direct, half, noise, broken];

describe('lossTable', () => {
  const [base, worst, middle, unclear, some] = lossTable(arms, 'fp4-direct');

  it('pairs by seed: a constant ratio has no spread, though the losses have', () => {
    expect(worst!.loss).toEqual({
      mean: expect.closeTo(14.3 / 3),
      deviation: expect.closeTo(0.63509),
      count: 3,
    });
    expect(worst!.gapPercent).toEqual({
      estimate: expect.closeTo(10),
      range: [expect.closeTo(10), expect.closeTo(10)],
      count: 3,
    });
    expect(middle!.gapPercent!.estimate).toBeCloseTo(5, 9);
    expect(base!.gapPercent).toBeNull();
  });

  it('gives the interval of the paired differences', () => {
    const gaps = [2.5, -2, 0];
    const mean = 0.5 / 3;
    const deviation = Math.sqrt(gaps.reduce((sum, gap) => sum + (gap - mean) ** 2, 0) / 2);
    const reach = (studentQuantile(0.975, 2) * deviation) / Math.sqrt(3);
    expect(unclear!.gapPercent!.range![0]).toBeCloseTo(mean - reach, 9);
    expect(unclear!.gapPercent!.range![1]).toBeCloseTo(mean + reach, 9);
  });

  it('says which part of the direct gap is closed', () => {
    expect(middle!.closed).toEqual({
      estimate: expect.closeTo(0.5),
      range: [expect.closeTo(0.5), expect.closeTo(0.5)],
      count: 3,
    });
    expect([base!.closed, worst!.closed]).toEqual([null, null]);
    expect(lossTable(arms, null).map(({ closed }) => closed)).toEqual([null, null, null, null, null]);
  });

  it('closes no gap where there is none', () => {
    expect(lossTable([direct, arm('fp4-direct', [4, 5, 4]), half], 'fp4-direct')[2]!.closed).toBeNull();
  });

  it('leaves out seeds that diverged and names them', () => {
    expect(some!.diverged).toEqual([1]);
    expect(some!.loss!.count).toBe(2);
    expect(some!.gapPercent).toMatchObject({ estimate: expect.closeTo(10), count: 2 });
    expect(lossTable([f32, arm('gone', [null, null, null])], null)[1]).toMatchObject({
      loss: null,
      gapPercent: null,
      diverged: SEEDS,
    });
  });

  it('puts step times beside', () => {
    expect([worst!.stepMs, middle!.stepRatio]).toEqual([80, 1.2]);
  });
});

describe('judgeClaim', () => {
  const judge = (claim: Claim): string => judgeClaim(claim, arms, 'fp4-direct').verdict;
  const above = (worse: string, better: string): Claim => ({ kind: 'above', worse, better, text: '' });
  const gap = (recipe: string, percent: number): Claim => ({ kind: 'gapAtMost', recipe, percent, text: '' });
  const closes = (recipe: string, share: number): Claim => ({
    kind: 'closesAtLeast',
    recipe,
    share,
    text: '',
  });

  it.each([
    [above('fp4-direct', 'f32'), 'yes'],
    [above('f32', 'fp4-direct'), 'no'],
    [above('noise', 'f32'), 'in the mean'],
    [above('f32', 'noise'), 'not in the mean'],
    [gap('fp4-paper', 6), 'yes'],
    [gap('fp4-paper', 4), 'no'],
    [gap('noise', 1), 'in the mean'],
    [closes('fp4-paper', 0.4), 'yes'],
    [closes('fp4-paper', 0.6), 'no'],
    [{ kind: 'diverges', recipe: 'broken', text: '' } as const, 'with some seeds'],
    [{ kind: 'diverges', recipe: 'f32', text: '' } as const, 'no'],
  ])('%j: %s', (claim, verdict) => {
    expect(judge(claim)).toBe(verdict);
  });

  it('does not judge what cannot be', () => {
    const swapped = [direct, f32, half];
    expect(judgeClaim(closes('fp4-paper', 0.5), swapped, 'f32').verdict).toBe('cannot be judged');
    const gone = [f32, arm('gone', [null, null, null])];
    expect(judgeClaim(above('gone', 'f32'), gone, null).verdict).toBe('cannot be judged');
    expect(() => judge(above('unknown', 'f32'))).toThrow(/unknown did not/);
  });
});
