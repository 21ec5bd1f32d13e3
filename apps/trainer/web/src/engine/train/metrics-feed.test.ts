import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { MetricsEvent } from '../engine-event.ts';
import { MetricsFeed } from './metrics-feed.ts';

beforeEach(() => vi.useFakeTimers({ toFake: ['performance'] }));
afterEach(() => vi.useRealTimers());

describe('MetricsFeed', () => {
  it('tells lines in order, none twice, and several at once when they come fast', () => {
    const told: MetricsEvent[] = [];
    const feed = new MetricsFeed('a run', (event) => told.push(event));
    for (let step = 1; step <= 100; step++) {
      feed.add({ type: 'step', step });
      vi.advanceTimersByTime(10);
    }
    feed.flush();
    feed.flush();
    // Every 20 ms: no more often than frames of the screen.
    expect(told.length).toBeLessThan(60);
    expect(told.every(({ run }) => run === 'a run')).toBe(true);
    expect(told.flatMap(({ lines }) => lines.map((line) => line.step))).toEqual(
      Array.from({ length: 100 }, (_, i) => i + 1),
    );
  });
});
