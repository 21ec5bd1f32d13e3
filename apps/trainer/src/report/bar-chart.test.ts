import { describe, expect, it } from 'vitest';
import { barPanel } from './bar-chart.ts';
import { chartSvg } from './chart-svg.ts';
import { linePanel } from './line-chart.ts';

const bar = { name: 'a <b>', value: 2, color: 0, text: '2 & more' };

describe('barPanel', () => {
  it('draws bars from zero, whiskers, and words', () => {
    const { body, height } = barPanel({
      title: 'T',
      unit: '%',
      bars: [bar, { ...bar, value: -2, range: [-3, -1] as const, color: 1 }],
    });
    const rects = [...body.matchAll(/<rect[^>]* x="([\d.]+)"[^>]* width="([\d.]+)"/g)].map(([, x, width]) => [
      Number(x),
      Number(width),
    ]);
    // The second ends where the first begins: at zero.
    expect(rects[1]![0]! + rects[1]![1]!).toBeCloseTo(rects[0]![0]!, 0);
    expect(body.match(/class="whisker"/g)).toHaveLength(1);
    expect(body).toContain('a &lt;b&gt;');
    expect(body).toContain('2 &amp; more');
    expect(height).toBeGreaterThan(52);
  });

  it('cuts whiskers that would hide the bars', () => {
    const { body } = barPanel({ title: 'T', unit: '', bars: [{ ...bar, range: [-1000, 1000] as const }] });
    const [, x1, x2] = /class="whisker" x1="([\d.]+)" x2="([\d.]+)"/.exec(body)!;
    expect(Number(x1)).toBeGreaterThanOrEqual(170);
    expect(Number(x2)).toBeLessThanOrEqual(470);
  });

  it('refuses nothing and what is not finite', () => {
    expect(() => barPanel({ title: 'T', unit: '', bars: [] })).toThrow(/at least one bar/);
    expect(() => barPanel({ title: 'T', unit: '', bars: [{ ...bar, value: NaN }] })).toThrow(
      /finite number, but got NaN/,
    );
  });
});

describe('chartSvg', () => {
  const lines = linePanel({
    title: 'Loss',
    unit: 'nats',
    xLabel: 'tokens',
    series: ['one', 'two'].map((name, color) => ({
      name,
      color,
      mark: 'line' as const,
      points: [
        [0, color],
        [1, 2],
      ] as const,
    })),
  });

  it('stands by itself: its own style for light and dark, legend and label', () => {
    const svg = chartSvg('A < B', [lines, barPanel({ title: 'Bars', unit: '%', bars: [bar] })]);
    expect(svg).toMatch(/^<svg xmlns="http:\/\/www\.w3\.org\/2000\/svg" viewBox="0 0 676 \d+"/);
    expect(svg).toContain('aria-label="A &lt; B"');
    expect(svg).toContain('@media (prefers-color-scheme: dark)');
    expect(svg.match(/class="key series-[12]"/g)).toHaveLength(2);
    expect(svg).not.toMatch(/undefined|NaN/);
  });

  it('refuses no panels', () => expect(() => chartSvg('', [])).toThrow(/at least one panel/));
});
