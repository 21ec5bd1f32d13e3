import type { ChartPoint } from './chart.ts';

/**
 * Level lines of a function on a grid of two axes, by marching squares: pieces of line, joined where they meet.
 *
 * @param x - Grid values of the first axis, rising.
 * @param y - Grid values of the second axis, rising.
 * @param f - The function; it should be smooth between the grid's points.
 */
export function contourLines(
  x: readonly number[],
  y: readonly number[],
  f: (x: number, y: number) => number,
  level: number,
): ChartPoint[][] {
  const values = y.map((row) => x.map((column) => f(column, row) - level));
  const segments: [ChartPoint, ChartPoint][] = [];
  for (let row = 0; row + 1 < y.length; row++) {
    for (let column = 0; column + 1 < x.length; column++)
      segments.push(...cellSegments(x, y, values, row, column));
  }
  return join(segments);
}

/** The line through one cell: it enters and leaves where the sign changes along an edge. */
function cellSegments(
  x: readonly number[],
  y: readonly number[],
  values: readonly (readonly number[])[],
  row: number,
  column: number,
): [ChartPoint, ChartPoint][] {
  const corners = [
    [column, row],
    [column + 1, row],
    [column + 1, row + 1],
    [column, row + 1],
  ] as const;
  const crossings: ChartPoint[] = [];
  corners.forEach(([c, r], i) => {
    const [d, s] = corners[(i + 1) % 4]!;
    const [a, b] = [values[r]![c]!, values[s]![d]!];
    if (a < 0 === b < 0) return;
    const share = a / (a - b);
    // On the logarithms, on which the axes are even.
    const between = (from: number, to: number): number => from * (to / from) ** share;
    crossings.push([between(x[c]!, x[d]!), between(y[r]!, y[s]!)]);
  });
  const [first, second, third, fourth] = crossings;
  if (first === undefined || second === undefined) return [];
  return third === undefined || fourth === undefined
    ? [[first, second]]
    : [
        [first, second],
        [third, fourth],
      ];
}

function join(segments: readonly [ChartPoint, ChartPoint][]): ChartPoint[][] {
  const left = new Set(segments);
  const lines: ChartPoint[][] = [];
  for (const segment of segments) {
    if (!left.delete(segment)) continue;
    const line = [...segment] as ChartPoint[];
    for (let grown = true; grown;) {
      grown = false;
      for (const other of left) {
        const [a, b] = other;
        if (near(line.at(-1)!, a)) line.push(b);
        else if (near(line.at(-1)!, b)) line.push(a);
        else if (near(line[0]!, a)) line.unshift(b);
        else if (near(line[0]!, b)) line.unshift(a);
        else continue;
        left.delete(other);
        grown = true;
      }
    }
    lines.push(line);
  }
  return lines;
}

function near(a: ChartPoint, b: ChartPoint): boolean {
  return Math.abs(a[0] / b[0] - 1) < 1e-9 && Math.abs(a[1] / b[1] - 1) < 1e-9;
}
