import { describe, expect, it } from 'vitest';
import { lineChart, type ChartOptions } from './line-chart.ts';

const options: ChartOptions = {
  title: 'Loss',
  unit: 'nats',
  xLabel: 'step',
  width: 278,
  height: 250,
  series: [
    {
      name: 'training',
      points: [
        [0, 0],
        [1, 10],
      ],
      color: 0,
      mark: 'line',
    },
    { name: 'validation <b>', points: [[1, 5]], color: 7, mark: 'points' },
  ],
};

describe('lineChart', () => {
  it('puts points where their values are', () => {
    // The plot is 278 - 64 - 14 = 200 wide and 250 - 10 - 40 = 200 high.
    const svg = lineChart(options);
    expect(svg).toContain('<polyline class="line series-1" points="64,210 264,10"/>');
    expect(svg).toMatch(
      /<circle class="dot series-2" cx="264" cy="110" r="4"><title>validation &lt;b&gt;: 5 at 1<\/title>/,
    );
  });

  it('draws references, and widens the axis for them', () => {
    const svg = lineChart({ ...options, references: [{ name: 'unigram entropy', y: 20 }] });
    expect(svg).toContain('<line class="reference" x1="64" x2="264" y1="10" y2="10"/>');
    expect(svg).toContain('points="64,210 264,110"');
  });

  it('names every curve in the legend but faint ones, and none where the title does', () => {
    expect(lineChart(options)).toMatch(/<span class="legend">.*training.*validation &lt;b&gt;<\/span>/);
    const faint = { name: 'each step', points: [[0, 1]] as const, color: 0, mark: 'faint' as const };
    expect(lineChart({ ...options, series: [...options.series, faint] })).not.toMatch(/legend.*each step/);
    expect(lineChart({ ...options, series: options.series.slice(0, 1) })).not.toContain('legend');
  });

  it('shows a line of a single point', () => {
    const series = [{ name: 'short', points: [[3, 4]] as const, color: 0, mark: 'line' as const }];
    expect(lineChart({ ...options, series })).toContain('<circle');
  });

  it('has logarithmic axes', () => {
    const series = [
      {
        name: 'decades',
        points: [
          [1, 1],
          [10, 10],
          [100, 10_000],
        ] as const,
        color: 0,
        mark: 'line' as const,
      },
    ];
    const svg = lineChart({ ...options, series, xScale: 'log', yScale: 'log' });
    expect(svg).toContain('points="64,210 164,160 264,10"');
  });

  it('draws the whole range from zero when asked', () => {
    const series = [
      {
        name: 'speed',
        points: [
          [0, 9],
          [1, 10],
        ] as const,
        color: 0,
        mark: 'line' as const,
      },
    ];
    expect(lineChart({ ...options, series, fromZero: true })).toContain('points="64,30 264,10"');
  });

  it('refuses nothing to draw and values that are no numbers', () => {
    expect(() => lineChart({ ...options, series: [] })).toThrow(
      /lineChart: Loss must have at least one point/,
    );
    for (const y of [Number.NaN, Infinity]) {
      const series = [
        {
          name: 'broken',
          points: [
            [0, 1],
            [1, y],
            [2, 1],
          ] as const,
          color: 0,
          mark: 'line' as const,
        },
      ];
      expect(() => lineChart({ ...options, series })).toThrow(
        /lineChart: Loss, broken must have finite points only, but got (NaN|Infinity) at 1/,
      );
    }
  });
});
