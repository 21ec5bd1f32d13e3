import { expect, it } from 'vitest';
import { medianRatio, summarize } from './statistics.ts';

it('summarize sorts numbers as numbers', () => {
  expect(summarize([10, 9, 100])).toEqual({ min: 9, median: 10, max: 100 });
});

it('summarize takes the mean of the middle two', () => {
  expect(summarize([4, 1, 3, 2])).toEqual({ min: 1, median: 2.5, max: 4 });
});

it('summarize refuses no samples', () => {
  expect(() => summarize([])).toThrow(RangeError);
});

it('medianRatio compares round by round, so that slow rounds do not count', () => {
  // A clock at half its speed in the last two rounds, of which one measured only half.
  expect(medianRatio([4, 4, 8, 8], [2, 2, 4, 2])).toBe(2);
  expect(medianRatio([6], [2, 100])).toBe(3);
  expect(() => medianRatio([], [1])).toThrow(RangeError);
});
