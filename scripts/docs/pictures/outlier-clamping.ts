import { clampOutliers, occStatistics } from '@nibble-ml/occ';
import { absmax, counterBits, decodeTable, E2M1 } from '@nibble-ml/fp4-format';
import type { ChartPanel } from '../../../apps/trainer/src/report/chart-panel.ts';
import { chartSvg } from '../../../apps/trainer/src/report/chart-svg.ts';
import { createScale } from '../../../apps/trainer/src/report/scale.ts';

const WIDTH = 720;
const HEIGHT = 120;
const BINS = 180;
const ALPHA = 0.99;
const SIZE = 8192;

/**
 * Returns the picture of outlier clamping: the same activations cast to E2M1 as they are, and after clamping at the 99 %
 * quantile, each with the values that its scale makes of the sixteen codes.
 */
export function outlierClamping(): string {
  const x = activations();
  const { clamped } = clampOutliers(x, 1, SIZE, ALPHA);
  const { direct, compensated, density } = occStatistics(x, 1, SIZE, ALPHA);
  const reach = absmax(x);
  const label = 'Activations with outliers on the grid of E2M1, before and after clamping';
  return chartSvg(label, [
    histogram(
      x,
      reach,
      'Cast directly',
      `the largest of ${SIZE} activations sets the scale; ${direct.sqnrDecibels.toFixed(1)} dB`,
    ),
    histogram(
      clamped,
      reach,
      'Clamped at α = 0.99',
      `${(100 * density).toFixed(1)} % go into a sparse matrix; with it ${compensated.sqnrDecibels.toFixed(1)} dB`,
    ),
  ]);
}

/** Normal numbers, of which every 100th is ten times as large: much in little, as activations are. */
function activations(): Float32Array {
  return Float32Array.from({ length: SIZE }, (_, i) => {
    const normal = Math.sqrt(-2 * Math.log(uniform(2 * i))) * Math.cos(2 * Math.PI * uniform(2 * i + 1));
    return i % 100 === 0 ? 10 * normal : normal;
  });
}

/** The i-th of a sequence of numbers between 0 and 1. */
const uniform = (i: number): number => (counterBits(1, i) + 0.5) / 2 ** 32;

/** Counts as areas, with square roots as heights so that the tail is seen, above the values of E2M1 under its scale. */
function histogram(values: Float32Array, reach: number, title: string, unit: string): ChartPanel {
  const scale = absmax(values) / E2M1.max;
  const x = createScale({
    type: 'linear',
    domain: [-reach, reach],
    range: [0, WIDTH],
    nice: false,
    tickCount: 9,
  });
  const counts = new Float64Array(BINS);
  for (const value of values) {
    const bin = Math.floor(((value / reach + 1) / 2) * BINS);
    counts[Math.min(BINS - 1, bin)]! += 1;
  }
  const highest = Math.sqrt(Math.max(...counts));
  const bars = [...counts].map((count, bin) => {
    const height = (Math.sqrt(count) / highest) * HEIGHT;
    return `<rect class="bar series-1" x="${fix((bin * WIDTH) / BINS)}" y="${fix(HEIGHT - height)}" width="${fix(WIDTH / BINS - 0.6)}" height="${fix(height)}"/>`;
  });
  const codes = [...new Set(decodeTable(E2M1))].map(
    (value) =>
      `<line class="code series-2" style="stroke: var(--series)" x1="${fix(x.map(value * scale))}" x2="${fix(x.map(value * scale))}" y1="${HEIGHT + 3}" y2="${HEIGHT + 17}"/>`,
  );
  const ticks = x.ticks.map(
    (tick) =>
      `<text class="tick" text-anchor="middle" x="${fix(x.map(tick))}" y="${HEIGHT + 34}">${x.format(tick)}</text>`,
  );
  return {
    title,
    unit,
    legend: [
      { name: 'activations', mark: 'line', color: 'series-1' },
      { name: 'what the codes of E2M1 stand for', mark: 'line', color: 'series-2' },
    ],
    body: [
      ...bars,
      `<line class="axis" x1="0" x2="${WIDTH}" y1="${HEIGHT}" y2="${HEIGHT}"/>`,
      ...codes,
      ...ticks,
    ].join('\n'),
    width: WIDTH,
    height: HEIGHT + 38,
  };
}

/** A tenth of a drawing unit is finer than a pixel. */
const fix = (value: number): string => String(Math.round(value * 10) / 10);
