import type uPlot from 'uplot';

/** More rows than this say no more about a curve. */
const MOST_ROWS = 20;

/** Text of a plot's columns for `ValuesTable`: some twenty rows, the last among them; – where a curve has no value. */
export function plotRows(
  [xs, ...columns]: uPlot.AlignedData,
  formatX: (x: number) => string,
  formatY: (y: number) => string,
): string[][] {
  const every = Math.max(1, Math.ceil(xs.length / MOST_ROWS));
  return [...xs.keys()]
    .filter((index) => index % every === 0 || index === xs.length - 1)
    .map((index) =>
      [formatX(xs[index]!)].concat(columns.map((column) => textOf(column[index] ?? undefined, formatY))),
    );
}

const textOf = (value: number | undefined, format: (y: number) => string): string =>
  value === undefined ? '–' : format(value);
