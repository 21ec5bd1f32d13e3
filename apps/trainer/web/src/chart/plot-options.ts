import uPlot from 'uplot';
import { compactCount } from '@nibble-ml/scaling-law';
import { createScale } from '../../../src/report/scale.ts';

/** One curve. */
export interface PlotSeries {
  readonly name: string;
  /** Place in the palette, from 0; null is the grey of references. */
  readonly color: number | null;
  /**
   * A line; a faint line behind the others; a dashed line; marked points with a thin line; many dots without one; or a mark
   * that stands out.
   */
  readonly mark: 'line' | 'faint' | 'dashed' | 'points' | 'dots' | 'mark';
}

/** The axes of a plot. */
export interface PlotAxes {
  readonly x: string;
  readonly xScale?: 'linear' | 'log';
  readonly yScale?: 'linear' | 'log';
  /** Begins the y axis at zero. */
  readonly fromZero?: boolean;
  /** Fixed ends of the x axis. */
  readonly xRange?: readonly [number, number];
  /** Fixed ends of the y axis. */
  readonly yRange?: readonly [number, number];
  /** The marks of the y axis, where they are not for the plot to choose. */
  readonly yTicks?: readonly number[];
  /** How numbers of the x axis are written. */
  readonly xFormat?: 'plain' | 'compact';
}

/** What {@link plotOptions} is made of. */
export interface PlotOptionsInput {
  readonly axes: PlotAxes;
  readonly series: readonly PlotSeries[];
  /** Pixels. */
  readonly width: number;
  /** Pixels. */
  readonly height: number;
  /** Where the colours of the page are read. */
  readonly style: CSSStyleDeclaration;
  readonly onHover: (index: number | null) => void;
}

const FONT = "12px system-ui, -apple-system, 'Segoe UI', Roboto, 'DejaVu Sans', sans-serif";
/** Mean width of a character of a tick, on the safe side. */
const CHARACTER = 7.2;

/** Options of uPlot for curves that look as those of reports do. */
export function plotOptions({
  axes,
  series,
  width,
  height,
  style,
  onHover,
}: PlotOptionsInput): uPlot.Options {
  const color = (name: string): string => style.getPropertyValue(`--${name}`).trim();
  const { xScale = 'linear', yScale = 'linear', fromZero = false, xRange, yRange, yTicks } = axes;
  return {
    width,
    height,
    // Room for half of the last number below the axis.
    padding: [10, axes.xFormat === 'compact' ? 24 : 14, 0, 0],
    legend: { show: false },
    cursor: { y: false, drag: { x: false, y: false }, points: { size: 7 } },
    scales: {
      x: {
        time: false,
        distr: xScale === 'log' ? 3 : 1,
        ...(xRange === undefined ? {} : { range: [xRange[0], xRange[1]] }),
      },
      y: {
        distr: yScale === 'log' ? 3 : 1,
        range:
          yRange === undefined
            ? (_, low, high) => niceRange(low, high, yScale, fromZero)
            : [yRange[0], yRange[1]],
      },
    },
    axes: [
      {
        label: axes.x,
        labelFont: FONT,
        labelSize: 18,
        font: FONT,
        stroke: color('muted'),
        size: 30,
        gap: 4,
        space: 60,
        border: { show: true, stroke: color('axis'), width: 1 },
        grid: { show: false },
        ticks: { stroke: color('axis'), size: 4, width: 1 },
        values: (_, ticks) => ticks.map((tick) => (axes.xFormat === 'compact' ? compact(tick) : plain(tick))),
      },
      {
        font: FONT,
        stroke: color('muted'),
        size: (_, texts) => 16 + CHARACTER * Math.max(2, ...(texts ?? []).map((text) => text.length)),
        gap: 6,
        space: 44,
        grid: { stroke: color('line'), width: 1 },
        ticks: { show: false },
        ...(yTicks === undefined ? {} : { splits: [...yTicks] }),
        values: (_, ticks) => ticks.map(plain),
      },
    ],
    series: [{}, ...series.map((one) => seriesOptions(one, color))],
    hooks: {
      setCursor: [({ cursor }) => onHover(cursor.idx ?? null)],
    },
  };
}

function seriesOptions(
  { name, color: place, mark }: PlotSeries,
  color: (name: string) => string,
): uPlot.Series {
  const stroke = place === null ? color('muted') : color(`series-${(place % 6) + 1}`);
  // Lines between pixels are smooth where those on pixels have steps.
  const faint: uPlot.Series = {
    label: name,
    stroke,
    width: 1,
    alpha: 0.38,
    pxAlign: 0,
    points: { show: false },
  };
  const ringed = { show: true, fill: stroke, stroke: color('surface'), width: 1.5 };
  switch (mark) {
    case 'faint':
      return faint;
    case 'line':
      return { ...faint, width: 2, alpha: 1 };
    case 'dashed':
      return { ...faint, width: 1.5, alpha: 1, dash: [5, 4] };
    case 'points':
      return { ...faint, width: 1.25, alpha: 1, spanGaps: true, points: { ...ringed, size: 7 } };
    case 'dots':
      // Without rings, which would cut into neighbours.
      return {
        ...faint,
        alpha: 0.7,
        paths: () => null,
        points: { show: true, fill: stroke, stroke, width: 0, size: 5 },
      };
    case 'mark':
      return { ...faint, alpha: 1, paths: () => null, points: { ...ringed, size: 10 } };
  }
}

/** Ends of the y axis at whole ticks, as those of reports; of a plot without data, anything. */
function niceRange(
  low: number | null,
  high: number | null,
  type: 'linear' | 'log',
  fromZero: boolean,
): [number, number] {
  if (low === null || high === null || !Number.isFinite(low) || !Number.isFinite(high)) {
    return type === 'log' ? [1, 10] : [0, 1];
  }
  const from = fromZero ? Math.min(0, low) : low;
  const { ticks } = createScale({ type, domain: [from, high], range: [0, 1], tickCount: 5 });
  return [ticks[0]!, ticks.at(-1)!];
}

/** A number of an axis; uPlot leaves some ticks of a logarithmic one without text. */
const plain = (tick: number | null): string =>
  tick === null ? '' : tick.toLocaleString('en', { maximumFractionDigits: 6 }).replace('-', '−');

const compact = (tick: number | null): string => (tick === null ? '' : compactCount(tick));
