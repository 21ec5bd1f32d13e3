import type { ChartPanel, LegendEntry } from './chart-panel.ts';
import { thin, type Point } from './curves.ts';
import { escapeHtml } from './html.ts';
import { createScale, type Scale } from './scale.ts';

/** One curve of a chart. */
export interface ChartSeries {
  /** Its name in the legend. */
  name: string;
  /** Its points, x rising. */
  points: readonly Point[];
  /** Its place in the palette, from 0; the palette has six colours and begins again. */
  color: number;
  /** A line; a faint line behind the others and outside the legend; or marked points with a thin line. */
  mark: 'line' | 'faint' | 'points';
  /** Leaves it out of the legend, where another curve of its colour stands for it. */
  isUnnamed?: boolean;
}

/** What {@link lineChart} draws. */
export interface ChartOptions {
  /** Heading. */
  title: string;
  /** Unit of y, beside the heading. */
  unit: string;
  /** Name of x. */
  xLabel: string;
  /** The curves; later ones lie on top. */
  series: readonly ChartSeries[];
  /** Values to compare with, as dashed horizontal lines. */
  references?: readonly { name: string; y: number }[];
  /** The y axis; default `linear`. */
  yScale?: 'linear' | 'log';
  /** The x axis; default `linear`. */
  xScale?: 'linear' | 'log';
  /** Begins the y axis at zero. */
  fromZero?: boolean;
  /** Drawing units; the chart takes the width of its box. Default 640. */
  width?: number;
  /** Default 280. */
  height?: number;
  /** Leaves only the room to the left that the ticks need; charts below each other then do not line up. */
  isTight?: boolean;
  /** Drawing units on narrow screens, where letters of a wide drawing would be too small; default as on wide ones. */
  narrow?: { readonly width: number; readonly height: number };
}

const margin = { top: 10, right: 14, bottom: 40, left: 64 };
/** Mean width of a character of a tick, on the safe side. */
const CHARACTER = 7.2;

/**
 * Returns a line chart as an HTML figure with inline SVG: grid, ticks, legend. Colours come from the page's custom
 * properties `--series-1` … `--series-6`, so that one drawing serves light and dark. Points carry their value as a tooltip.
 *
 * @throws RangeError when no curve has a point, a value is not finite, or not positive on a logarithmic axis.
 */
export function lineChart(options: ChartOptions): string {
  const { title, unit, legend, ...wide } = linePanel(options);
  const { narrow } = options;
  const label = `${title}: ${options.series.map(({ name }) => name).join(', ')}`;
  return `<figure class="chart">
<figcaption><span class="chart-title">${escapeHtml(title)}</span> <span class="unit">${escapeHtml(unit)}</span>${legendHtml(legend)}</figcaption>
${svg(wide, label, narrow && 'only-wide')}${narrow ? `\n${svg(linePanel({ ...options, ...narrow }), label, 'only-narrow')}` : ''}
</figure>`;
}

/** A drawing in the page. */
export function svg(
  { body, width, height }: Pick<ChartPanel, 'body' | 'width' | 'height'>,
  label: string,
  className?: string,
): string {
  const shown = className === undefined ? '' : `class="${className}" `;
  return `<svg ${shown}viewBox="0 0 ${width} ${height}" role="img" aria-label="${escapeHtml(label)}">
${body}
</svg>`;
}

/**
 * Returns a line chart as a drawing, to be put into a page by {@link lineChart} or into a file by `chartSvg`.
 *
 * @throws RangeError as {@link lineChart}.
 */
export function linePanel(options: ChartOptions): ChartPanel {
  const { title, unit, xLabel, series, references = [], fromZero = false } = options;
  const { width = 640, height = 280, yScale = 'linear', xScale = 'linear' } = options;
  const xs = series.flatMap(({ points }) => points.map(([x]) => x));
  const ys = [...series.flatMap(({ points }) => points.map(([, y]) => y)), ...references.map(({ y }) => y)];
  if (xs.length === 0) throw new RangeError(`lineChart: ${title} must have at least one point, but got none`);
  for (const { name, points } of series) {
    const broken = points.find(([px, py]) => !Number.isFinite(px) || !Number.isFinite(py));
    if (broken)
      throw new RangeError(
        `lineChart: ${title}, ${name} must have finite points only, but got ${broken[1]} at ${broken[0]}`,
      );
  }
  if (fromZero) ys.push(0);
  const y = createScale({
    type: yScale,
    domain: extent(ys),
    range: [height - margin.bottom, margin.top],
    tickCount: Math.round(height / 55),
  });

  const letters = Math.max(...y.ticks.map((tick) => y.format(tick).length));
  const left = options.isTight === true ? 18 + CHARACTER * letters : margin.left;
  const x = createScale({
    type: xScale,
    domain: extent(xs),
    range: [left, width - margin.right],
    tickCount: Math.round(width / (options.isTight === true ? 80 : 110)),
    nice: false,
  });
  const body = [
    axes(x, y, { left, width, height }, xLabel),
    ...references.map(
      (reference) =>
        `<line class="reference" x1="${fix(left)}" x2="${width - margin.right}" y1="${fix(y.map(reference.y))}" y2="${fix(y.map(reference.y))}"/>`,
    ),
    ...series.map((one) => drawSeries(one, x, y, width)),
  ];
  return { title, unit, legend: legendOf(series, references), body: body.join('\n'), width, height };
}

function axes(
  x: Scale,
  y: Scale,
  { left, width, height }: { left: number; width: number; height: number },
  xLabel: string,
): string {
  const bottom = height - margin.bottom;
  const grid = y.ticks.map(
    (tick) =>
      `<line class="grid" x1="${fix(left)}" x2="${width - margin.right}" y1="${fix(y.map(tick))}" y2="${fix(y.map(tick))}"/><text class="tick" text-anchor="end" x="${fix(left - 8)}" y="${fix(y.map(tick) + 4)}">${y.format(tick)}</text>`,
  );
  const marks = x.ticks.map(
    (tick) =>
      `<line class="axis" x1="${fix(x.map(tick))}" x2="${fix(x.map(tick))}" y1="${bottom}" y2="${bottom + 4}"/><text class="tick" text-anchor="middle" x="${fix(x.map(tick))}" y="${bottom + 17}">${x.format(tick)}</text>`,
  );
  return [
    ...grid,
    `<line class="axis" x1="${fix(left)}" x2="${width - margin.right}" y1="${bottom}" y2="${bottom}"/>`,
    ...marks,
    `<text class="tick" text-anchor="end" x="${width - margin.right}" y="${height - 4}">${escapeHtml(xLabel)}</text>`,
  ].join('\n');
}

function drawSeries({ name, points, color, mark }: ChartSeries, x: Scale, y: Scale, width: number): string {
  const shown = thin(points, width);
  const place = ([px, py]: Point): string => `${fix(x.map(px))},${fix(y.map(py))}`;
  const colorClass = colorOf(color);
  const line =
    shown.length > 1
      ? `<polyline class="${mark} ${colorClass}" points="${shown.map(place).join(' ')}"/>`
      : '';
  // A line of one point would be invisible.
  if (mark !== 'points' && shown.length > 1) return line;
  const circles = shown.map(
    (point) =>
      `<circle class="dot ${colorClass}" cx="${fix(x.map(point[0]))}" cy="${fix(y.map(point[1]))}" r="4"><title>${escapeHtml(`${name}: ${Number(point[1].toPrecision(6))} at ${point[0]}`)}</title></circle>`,
  );
  return [line, ...circles].join('\n');
}

function legendOf(
  series: readonly ChartSeries[],
  references: readonly { name: string }[],
): readonly LegendEntry[] {
  const named = series.filter(
    ({ mark, points, isUnnamed }) => mark !== 'faint' && isUnnamed !== true && points.length > 0,
  );
  // One curve is named by the title.
  if (named.length + references.length < 2) return [];
  return [
    ...named.map(({ name, color, mark }) => ({
      name,
      color: colorOf(color),
      mark: mark === 'points' ? ('dot' as const) : ('line' as const),
    })),
    ...references.map(({ name }) => ({ name, color: '', mark: 'reference' as const })),
  ];
}

/** The legend of a figure; empty when the title says it all. */
export function legendHtml(entries: readonly LegendEntry[]): string {
  if (entries.length === 0) return '';
  const items = entries.map(
    ({ name, mark, color }) =>
      `<span class="entry"><i class="${`key-${mark} ${color}`.trim()}"></i>${escapeHtml(name)}</span>`,
  );
  return `<span class="legend">${items.join('')}</span>`;
}

const colorOf = (color: number): string => `series-${(color % 6) + 1}`;
/** A tenth of a drawing unit is finer than a pixel. */
const fix = (value: number): string => String(Math.round(value * 10) / 10);

function extent(values: readonly number[]): [number, number] {
  let low = Infinity;
  let high = -Infinity;
  for (const value of values) {
    if (value < low) low = value;
    if (value > high) high = value;
  }
  return [low, high];
}
