import { axisScale } from './axis-scale.ts';
import type { Axis, AxisScale } from './axis-scale.ts';
import { escapeXml } from './escape-xml.ts';

/** A point of a chart: x, y. */
export type ChartPoint = readonly [x: number, y: number];

/** Points of one name. */
export interface ChartSeries {
  /** Name in the legend; none keeps the series out of it. */
  readonly name?: string;
  readonly kind: 'line' | 'dashes' | 'points' | 'rings';
  readonly points: readonly ChartPoint[];
  /** Place in the palette, from 0; it has eight colours and begins again. */
  readonly color: number;
  /** What is shown when the pointer rests on each point. */
  readonly titles?: readonly string[];
  /** Text at the last point of a line. */
  readonly endLabel?: string;
}

/** A chart. */
export interface Chart {
  readonly title: string;
  readonly x: Axis;
  readonly y: Axis;
  readonly series: readonly ChartSeries[];
  /** Heading of the legend, such as `N`. */
  readonly legendTitle?: string;
}

/** Size of a chart in drawing units. */
export const CHART_SIZE = { width: 470, height: 350 } as const;

const MARGIN = { top: 26, right: 16, bottom: 42, left: 62 };
const LEGEND_ROW = 17;
const CHARACTER = 6.7;

/** Draws a chart as SVG elements, of {@link CHART_SIZE}. */
export function drawChart(chart: Chart): string {
  const { width, height } = CHART_SIZE;
  const legend = legendRows(chart);
  const top = MARGIN.top + legend.length * LEGEND_ROW + 6;
  const bottom = height - MARGIN.bottom;
  const right = width - MARGIN.right;
  const points = chart.series.flatMap((series) => series.points);
  const x = axisScale(
    chart.x,
    points.map(([value]) => value),
    [MARGIN.left, right],
    6,
  );
  const y = axisScale(
    chart.y,
    points.map(([, value]) => value),
    [bottom, top],
    5,
  );
  const grid = y.ticks.map((tick) => {
    const at = fix(y.map(tick));
    return `<line class="grid" x1="${MARGIN.left}" x2="${right}" y1="${at}" y2="${at}"/><text class="tick" text-anchor="end" x="${MARGIN.left - 7}" y="${fix(y.map(tick) + 4)}">${y.format(tick)}</text>`;
  });
  const marks = x.ticks.map((tick) => {
    const at = fix(x.map(tick));
    return `<line class="axis" x1="${at}" x2="${at}" y1="${bottom}" y2="${bottom + 4}"/><text class="tick" text-anchor="middle" x="${at}" y="${bottom + 17}">${x.format(tick)}</text>`;
  });
  return [
    `<text class="title" x="4" y="15">${escapeXml(chart.title)}</text>`,
    ...legend.map((row, i) => `<g transform="translate(4 ${MARGIN.top + i * LEGEND_ROW})">${row}</g>`),
    ...grid,
    `<line class="axis" x1="${MARGIN.left}" x2="${right}" y1="${bottom}" y2="${bottom}"/>`,
    ...marks,
    `<text class="label" text-anchor="end" x="${right}" y="${height - 8}">${escapeXml(chart.x.label)}</text>`,
    `<text class="label" text-anchor="end" transform="translate(13 ${top}) rotate(-90)">${escapeXml(chart.y.label)}</text>`,
    ...chart.series.map((series) => drawSeries(series, x, y)),
  ].join('\n');
}

function drawSeries(
  { kind, points, color, titles, endLabel }: ChartSeries,
  x: AxisScale,
  y: AxisScale,
): string {
  const tone = colorClass(color);
  if (kind === 'line' || kind === 'dashes') {
    const path = points.map(([px, py]) => `${fix(x.map(px))},${fix(y.map(py))}`).join(' ');
    const line = `<polyline class="${kind} ${tone}" points="${path}"/>`;
    const last = points.at(-1);
    if (endLabel === undefined || last === undefined) return line;
    const [left, top] = [x.map(last[0]), y.map(last[1])];
    return `${line}<text class="end" text-anchor="end" x="${fix(left - 3)}" y="${fix(top - 4)}">${escapeXml(endLabel)}</text>`;
  }
  return points
    .map(([px, py], i) => {
      const title = titles?.[i] === undefined ? '' : `<title>${escapeXml(titles[i])}</title>`;
      return `<circle class="${kind === 'rings' ? 'ring' : 'dot'} ${tone}" cx="${fix(x.map(px))}" cy="${fix(y.map(py))}" r="${kind === 'rings' ? 7 : 3.4}">${title}</circle>`;
    })
    .join('\n');
}

/** The names of the series, in as many rows as they take. */
function legendRows({ series, legendTitle }: Chart): string[] {
  const rows: string[][] = [];
  let left = Infinity;
  const put = (width: number, draw: (at: number) => string): void => {
    if (left + width > CHART_SIZE.width - 8) {
      rows.push([]);
      left = 0;
    }
    rows.at(-1)!.push(draw(left));
    left += Math.round(width);
  };
  const named = series.filter(({ name }) => name !== undefined);
  if (named.length > 0 && legendTitle !== undefined) {
    put(
      legendTitle.length * CHARACTER + 12,
      (at) => `<text class="label" x="${at}" y="10">${escapeXml(legendTitle)}</text>`,
    );
  }
  for (const { name, kind, color } of named) {
    put(name!.length * CHARACTER + 34, (at) => {
      const tone = colorClass(color);
      const key =
        kind === 'points' || kind === 'rings'
          ? `<circle class="${kind === 'rings' ? 'ring' : 'dot'} ${tone}" cx="${at + 8}" cy="6" r="4"/>`
          : `<polyline class="${kind} ${tone}" points="${at},6 ${at + 16},6"/>`;
      return `${key}<text class="entry" x="${at + 20}" y="10">${escapeXml(name!)}</text>`;
    });
  }
  return rows.map((row) => row.join(''));
}

const colorClass = (color: number): string => `tone-${(color % 8) + 1}`;
/** A tenth of a drawing unit is finer than a pixel. */
const fix = (value: number): string => String(Math.round(value * 10) / 10);
