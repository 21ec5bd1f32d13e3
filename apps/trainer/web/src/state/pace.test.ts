import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { Pace } from './pace.ts';

beforeEach(() => vi.useFakeTimers({ toFake: ['performance'] }));
afterEach(() => vi.useRealTimers());

describe('Pace', () => {
  it('counts the turns of other runs, in which nothing comes', () => {
    const pace = new Pace();
    expect(pace.secondsFor(100)).toBeUndefined();
    // Ten steps in half a second, and then a second for others.
    for (let step = 0; step <= 200; step++) {
      pace.note(step);
      vi.advanceTimersByTime(step % 10 === 9 ? 1050 : 50);
    }
    const wanted = 100 * 0.15;
    expect(pace.secondsFor(100)).toBeGreaterThan(wanted * 0.9);
    expect(pace.secondsFor(100)).toBeLessThan(wanted * 1.1);
  });

  it('does not count a pause', () => {
    const pace = new Pace();
    pace.note(1);
    pace.clear();
    vi.advanceTimersByTime(3_600_000);
    for (let step = 2; step <= 8; step++) {
      pace.note(step);
      vi.advanceTimersByTime(1000);
    }
    expect(pace.secondsFor(10)).toBeCloseTo(10, 5);
  });

  it('looks back for half a minute only', () => {
    const pace = new Pace();
    for (let step = 0; step < 100; step++) {
      pace.note(step);
      vi.advanceTimersByTime(step < 20 ? 60_000 : 1000);
    }
    expect(pace.secondsFor(10)).toBeCloseTo(10, 5);
  });
});
