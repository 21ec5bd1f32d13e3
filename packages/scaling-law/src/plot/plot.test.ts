import { describe, expect, it } from 'vitest';
import { simulateRecords } from '../data/simulate-records.ts';
import { diagnoseFit } from '../fit/diagnose-fit.ts';
import { fitLaw } from '../fit/fit-law.ts';
import { chinchillaConstants, qatDeltaConstants } from '../laws/published.ts';
import { qatDelta } from '../laws/qat-law.ts';
import { axisScale } from './axis-scale.ts';
import { compactCount, shortNumber } from './compact-number.ts';
import { contourLines } from './contour-lines.ts';
import { figure } from './figure.ts';
import { geometric, inputChart } from './fit-charts.ts';

describe('compactCount', () => {
  it.each([
    [32, '32'],
    [1536, '1536'],
    [7.4e7, '74M'],
    [1e9, '1B'],
    [1.4e12, '1.4T'],
    [1e21, '1e21'],
    [2.5e19, '2.5e19'],
    [0.5, '0.5'],
  ])('of %d is %s', (value, text) => {
    expect(compactCount(value)).toBe(text);
  });

  it('of other numbers says four digits', () => {
    expect([0, 0.031234, 2.85, 1.5e-5, 2e6].map(shortNumber)).toEqual([
      '0',
      '0.03123',
      '2.85',
      '1.5e-5',
      '2e6',
    ]);
  });
});

describe('axisScale', () => {
  it.each([
    ['linear', [0.2, 9.7]],
    ['log', [7.4e7, 6e8]],
    ['log', [2, 3]],
    ['log', [1, 1e9]],
    ['linear', [5, 5]],
  ] as const)('%s over %o has 3 to 10 rising ticks on the axis', (scale, values) => {
    const { ticks, map, format } = axisScale({ label: 'x', scale }, values, [0, 400], 6);
    expect(ticks.length).toBeGreaterThanOrEqual(3);
    expect(ticks.length).toBeLessThanOrEqual(10);
    const places = ticks.map(map);
    expect(places).toEqual(places.toSorted((a, b) => a - b));
    expect(Math.min(...places)).toBeGreaterThanOrEqual(0);
    expect(Math.max(...places)).toBeLessThanOrEqual(400);
    expect(new Set(ticks.map(format)).size).toBe(ticks.length);
  });

  it('refuses what cannot be drawn', () => {
    expect(() => axisScale({ label: 'x', scale: 'log' }, [1, 0], [0, 1], 5)).toThrow(
      /x must have positive values, but got 0/,
    );
    expect(() => axisScale({ label: 'x', scale: 'linear' }, [Number.NaN], [0, 1], 5)).toThrow(/but got NaN/);
  });
});

describe('contourLines', () => {
  const grid = geometric(1, 100, 25);

  it('lie where the function has the level, in one piece', () => {
    // xy = 100: exact on logarithmic axes.
    const lines = contourLines(grid, grid, (x, y) => Math.log(x * y), Math.log(90));
    expect(lines).toHaveLength(1);
    for (const [x, y] of lines[0]!) expect(x * y).toBeCloseTo(90, 6);
    expect(lines[0]!.length).toBeGreaterThan(25);
  });

  it('are as many as there are pieces, and none where the level is not reached', () => {
    const wave = (x: number): number => Math.sin(Math.log(x) * 3);
    expect(contourLines(grid, grid, wave, 0).length).toBe(4);
    expect(contourLines(grid, grid, wave, 2)).toEqual([]);
  });
});

describe('inputChart', () => {
  it('shows the runs of the group size that most sizes have, not of one that a single size has', () => {
    // Scales per channel: a group as long as a row, which is another one at each size.
    const points = [1e8, 2e8, 4e8].flatMap((N, i) =>
      [1e10, 3e10, 9e10].flatMap((D) => [undefined, 16, 32, 512 * 2 ** i].map((G) => ({ N, D, G }))),
    );
    const records = simulateRecords(points, { base: chinchillaConstants.qat, delta: qatDeltaConstants.w4a4 });
    const fit = fitLaw(qatDelta, records, { resamples: 0 });
    const chart = inputChart(fit, diagnoseFit(fit, records), 'N')!;
    expect(chart.title).toBe('delta against N (w4a4, G = 32)');
    expect(chart.series.filter(({ kind }) => kind === 'points').map(({ points: own }) => own.length)).toEqual(
      [3, 3, 3],
    );
  });
});

describe('figure', () => {
  const chart = {
    title: 'a < b & "c"',
    x: { label: 'x', scale: 'log' },
    y: { label: 'y', scale: 'linear' },
    series: [
      {
        name: 'one',
        kind: 'line',
        color: 0,
        points: [
          [1, 2],
          [10, 3],
        ],
      },
      { name: 'two', kind: 'points', color: 1, points: [[5, 2.5]], titles: ['<here>'] },
    ],
  } as const;

  it('is one SVG file with every chart, escaped', () => {
    const svg = figure('three', [chart, chart, chart]);
    expect(svg.match(/a &lt; b &amp; &quot;c&quot;/g)).toHaveLength(3);
    expect(svg).toContain('<title>&lt;here&gt;</title>');
    expect(svg).not.toMatch(/NaN|undefined|Infinity/);
    expect((svg.match(/<g /g) ?? []).length).toBe((svg.match(/<\/g>/g) ?? []).length);
  });

  it('refuses to be empty', () => {
    expect(() => figure('none', [])).toThrow(/there must be a chart/);
  });
});
