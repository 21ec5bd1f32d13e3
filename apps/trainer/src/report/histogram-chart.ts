import { E2M1_VALUES } from '@nibble-ml/fp4-format';
import type { LegendEntry } from './chart-panel.ts';
import { escapeHtml } from './html.ts';
import { legendHtml, svg } from './line-chart.ts';
import { createScale } from './scale.ts';

/** Shares of values in bins of one width. */
export interface HistogramSeries {
  readonly name: string;
  /** Place in the palette, from 0. */
  readonly color: number;
  /** Share of all values in each bin, from 0 to 1. */
  readonly shares: readonly number[];
  /** A line with an area below it; a line; or a faint line behind the others and outside the legend. */
  readonly mark: 'area' | 'line' | 'faint';
}

/** What {@link histogramChart} draws. */
export interface HistogramChartOptions {
  readonly title: string;
  readonly unit: string;
  /** Outer edge of the bins on either side. */
  readonly reach: number;
  readonly series: readonly HistogramSeries[];
}

const WIDE = { width: 530, height: 250 };
const NARROW = { width: 350, height: 230 };
const MARGIN = { top: 8, right: 12, bottom: 50, left: 46 };

/** Returns histograms over each other as an HTML figure, with the values of E2M1 marked under them. */
export function histogramChart(options: HistogramChartOptions): string {
  const { title, unit, series } = options;
  const label = `${title}: ${series.map(({ name }) => name).join(', ')}`;
  return `<figure class="chart">
<figcaption><span class="chart-title">${escapeHtml(title)}</span> <span class="unit">${escapeHtml(unit)}</span>${legendHtml(legendOf(series))}</figcaption>
${svg({ body: drawing(options, WIDE), ...WIDE }, label, 'only-wide')}
${svg({ body: drawing(options, NARROW), ...NARROW }, label, 'only-narrow')}
</figure>`;
}

function drawing({ reach, series }: HistogramChartOptions, size: { width: number; height: number }): string {
  const bottom = size.height - MARGIN.bottom;
  const right = size.width - MARGIN.right;
  const x = createScale({
    type: 'linear',
    domain: [-reach, reach],
    range: [MARGIN.left + 4, right - 4],
    nice: false,
  });
  const y = createScale({
    type: 'linear',
    domain: [0, Math.max(1e-9, ...series.flatMap(({ shares }) => shares)) * 100],
    range: [bottom, MARGIN.top],
    tickCount: 3,
  });
  const grid = y.ticks.map(
    (tick) =>
      `<line class="grid" x1="${MARGIN.left}" x2="${right}" y1="${fix(y.map(tick))}" y2="${fix(y.map(tick))}"/><text class="tick" text-anchor="end" x="${MARGIN.left - 8}" y="${fix(y.map(tick) + 4)}">${y.format(tick)}</text>`,
  );
  const drawn = series.map(({ color, shares, mark }) => {
    const colorClass = `series-${(color % 6) + 1}`;
    const width = (2 * reach) / shares.length;
    const steps = shares.flatMap((share, bin) => {
      const height = fix(y.map(share * 100));
      return [
        `${fix(x.map(bin * width - reach))},${height}`,
        `${fix(x.map((bin + 1) * width - reach))},${height}`,
      ];
    });
    const ends = [`${fix(x.map(-reach))},${bottom}`, `${fix(x.map(reach))},${bottom}`] as const;
    const line = `<polyline class="${mark === 'faint' ? 'faint' : 'line'} ${colorClass}" points="${[ends[0], ...steps, ends[1]].join(' ')}"/>`;
    return mark === 'area'
      ? `<polygon class="area ${colorClass}" points="${[ends[0], ...steps, ends[1]].join(' ')}"/>${line}`
      : line;
  });
  return [
    ...grid,
    ...drawn,
    `<line class="axis" x1="${MARGIN.left}" x2="${right}" y1="${bottom}" y2="${bottom}"/>`,
    ...codes().map(
      (value) =>
        `<line class="code" x1="${fix(x.map(value))}" x2="${fix(x.map(value))}" y1="${bottom + 5}" y2="${bottom + 13}"/>${Number.isInteger(value) ? `<text class="tick" text-anchor="middle" x="${fix(x.map(value))}" y="${bottom + 29}">${sign(value)}</text>` : ''}`,
    ),
    `<text class="tick" text-anchor="end" x="${right}" y="${size.height - 4}">marks: the values of E2M1</text>`,
  ].join('\n');
}

/** The 15 values, rising. */
function codes(): number[] {
  return [...new Set(Array.from(E2M1_VALUES, (value) => value || 0))].toSorted((a, b) => a - b);
}

function legendOf(series: readonly HistogramSeries[]): LegendEntry[] {
  const named = series.filter(({ mark }) => mark !== 'faint');
  if (named.length < 2) return [];
  return named.map(({ name, color }) => ({ name, mark: 'line', color: `series-${(color % 6) + 1}` }));
}

const sign = (value: number): string => (value < 0 ? `−${-value}` : String(value));
const fix = (value: number): string => String(Math.round(value * 10) / 10);
