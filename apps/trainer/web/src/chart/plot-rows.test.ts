import { expect, it } from 'vitest';
import { plotRows } from './plot-rows.ts';

it('has every row of a short plot, and says where there is no value', () => {
  const rows = plotRows(
    [
      [1, 2],
      [0.5, null],
      [undefined, 3],
    ],
    String,
    (y) => y.toFixed(1),
  );
  expect(rows).toEqual([
    ['1', '0.5', '–'],
    ['2', '–', '3.0'],
  ]);
});

it('has about twenty of a long one, and the last', () => {
  const xs = Array.from({ length: 1001 }, (_, i) => i);
  const rows = plotRows([xs, xs], String, String);
  expect(rows).toHaveLength(21);
  expect(rows.at(-1)).toEqual(['1000', '1000']);
});
