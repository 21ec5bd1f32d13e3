import { expect, it } from 'vitest';
import { summarize } from './statistics.ts';

it('summarize sorts numbers as numbers', () => {
  expect(summarize([10, 9, 100])).toEqual({ min: 9, median: 10, max: 100 });
});

it('summarize takes the mean of the middle two', () => {
  expect(summarize([4, 1, 3, 2])).toEqual({ min: 1, median: 2.5, max: 4 });
});

it('summarize refuses no samples', () => {
  expect(() => summarize([])).toThrow(RangeError);
});
