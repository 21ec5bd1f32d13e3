import { assert, double, integer, nat, property, tuple } from 'fast-check';
import { describe, expect, it } from 'vitest';
import { warmupCosine, warmupStableDecay } from './schedules.ts';

describe('warmupCosine', () => {
  const rate = warmupCosine({ steps: 10, warmupSteps: 4, peak: 2, minFraction: 0.1 });

  it('rises in a straight line to the peak at the last warm-up step', () => {
    expect([0, 1, 2, 3].map(rate)).toEqual([0.5, 1, 1.5, 2]);
  });

  it('is half way between peak and minimum half way down', () => {
    expect(rate(6)).toBeCloseTo((2 + 0.2) / 2, 12);
  });

  it('ends exactly at peak * minFraction and stays there', () => {
    expect([9, 10, 1000].map(rate)).toEqual([0.2, 0.2, 0.2]);
  });

  it('takes no warm-up, and nothing but warm-up', () => {
    expect(warmupCosine({ steps: 1, warmupSteps: 0, peak: 1, minFraction: 0 })(0)).toBe(0);
    const all = warmupCosine({ steps: 2, warmupSteps: 2, peak: 1 });
    expect([0, 1, 2].map(all)).toEqual([0.5, 1, 1]);
  });
});

describe('warmupStableDecay', () => {
  const options = { steps: 10, warmupSteps: 2, decaySteps: 4, peak: 1 };

  it('warms up, stays and decays to the minimum at the last step', () => {
    const rates = Array.from({ length: 11 }, (_, step) => warmupStableDecay(options)(step));
    expect(rates).toEqual([0.5, 1, 1, 1, 1, 1, 0.75, 0.5, 0.25, 0, 0]);
  });

  it('decays as 1 - sqrt(progress) when asked', () => {
    const rate = warmupStableDecay({ ...options, minFraction: 0.2, decay: 'one-minus-sqrt' });
    expect([5, 6, 9].map(rate)).toEqual([1, expect.closeTo(0.6, 12), 0.2]);
  });

  it('stays at the peak without a decay phase', () => {
    const rate = warmupStableDecay({ ...options, decaySteps: 0 });
    expect([1, 9, 20].map(rate)).toEqual([1, 1, 1]);
  });
});

describe('every schedule', () => {
  it('rises to the peak and never exceeds it, then never rises', () => {
    const options = tuple(
      integer({ min: 1, max: 60 }),
      nat(60),
      nat(60),
      double({ min: 0, max: 1, noNaN: true }),
    ).filter(([steps, warmupSteps, decaySteps]) => warmupSteps + decaySteps <= steps);
    assert(
      property(options, ([steps, warmupSteps, decaySteps, minFraction]) => {
        const peak = 3e-4;
        for (const rate of [
          warmupCosine({ steps, warmupSteps, peak, minFraction }),
          warmupStableDecay({ steps, warmupSteps, decaySteps, peak, minFraction }),
        ]) {
          const rates = Array.from({ length: steps + 2 }, (_, step) => rate(step));
          const rises = rates.slice(1).map((next, step) => Math.sign(next - rates[step]!));
          expect(Math.max(...rates)).toBeLessThanOrEqual(peak * (1 + 1e-12));
          expect(Math.min(1, ...rises.slice(0, Math.max(0, warmupSteps - 1)))).toBe(1);
          expect(Math.max(0, ...rises.slice(Math.max(0, warmupSteps - 1)))).toBe(0);
        }
      }),
      { seed: 4, numRuns: 200 },
    );
  });

  it('refuses options out of range', () => {
    expect(() => warmupCosine({ steps: 0, warmupSteps: 0, peak: 1 })).toThrow(
      new RangeError(
        'warmupCosine: steps must be an integer of at least 1, but got 0; pass the length of the run',
      ),
    );
    expect(() => warmupCosine({ steps: 4, warmupSteps: 5, peak: 1 })).toThrow(
      new RangeError(
        'warmupCosine: warmupSteps must be an integer from 0 to 4, but got 5; shorten the warm-up',
      ),
    );
    expect(() => warmupCosine({ steps: 4, warmupSteps: 1, peak: NaN })).toThrow(
      new RangeError('warmupCosine: peak must be a learning rate of at least 0, but got NaN; 3e-4 is usual'),
    );
    expect(() => warmupCosine({ steps: 4, warmupSteps: 1, peak: 1, minFraction: 2 })).toThrow(
      new RangeError('warmupCosine: minFraction must be in [0, 1], but got 2; 0.1 is usual'),
    );
    expect(() => warmupStableDecay({ steps: 4, warmupSteps: 2, decaySteps: 3, peak: 1 })).toThrow(
      new RangeError(
        'warmupStableDecay: decaySteps must be an integer from 0 to 2, but got 3; shorten a phase',
      ),
    );
    expect(() => warmupCosine({ steps: 4, warmupSteps: 1, peak: 1 })(-1)).toThrow(
      new RangeError('warmupCosine: step must be an integer from 0, but got -1; count steps from 0'),
    );
  });
});
