import { escapeHtml } from './html.ts';
import { svg } from './line-chart.ts';

/** What {@link heatMap} draws. */
export interface HeatMapOptions {
  readonly title: string;
  /** Unit of the values, beside the title. */
  readonly unit: string;
  /** Names of the rows, from top to bottom. */
  readonly rows: readonly string[];
  /** Names of the columns, from left to right. */
  readonly columns: readonly string[];
  /** `values[row][column]`; null where there is none. */
  readonly values: readonly (readonly (number | null)[])[];
  /** The palest and the strongest value, so that several maps can share one scale. */
  readonly range: readonly [pale: number, strong: number];
  readonly format: (value: number) => string;
  /** Drawing units at most. */
  readonly width: number;
}

const CELL = { width: 96, height: 32 };
const NAME = 40;
const HEAD = 22;
const MOST_WITH_NUMBERS = 8;

/** Returns a matrix of shaded cells as an HTML figure; few columns have their values in words, all have them as tooltips. */
export function heatMap({
  title,
  unit,
  rows,
  columns,
  values,
  range,
  format,
  width,
}: HeatMapOptions): string {
  const hasNumbers = columns.length <= MOST_WITH_NUMBERS;
  const cell = Math.min(CELL.width, (width - NAME) / columns.length);
  const [pale, strong] = range;
  const every = Math.ceil(24 / cell);
  const heads = columns.map((name, column) =>
    column % every === 0
      ? `<text class="tick" text-anchor="middle" x="${fix(NAME + (column + 0.5) * cell)}" y="14">${escapeHtml(name)}</text>`
      : '',
  );
  const body = rows.map((name, row) => {
    const top = HEAD + row * CELL.height;
    const cells = columns.map((column, i) => {
      const value = values[row]?.[i] ?? null;
      const share = value === null || strong === pale ? 0 : (value - pale) / (strong - pale);
      const left = NAME + i * cell;
      const shade = value === null ? 0 : 0.06 + 0.5 * Math.min(1, Math.max(0, share));
      const text = value === null ? '–' : format(value);
      const words = hasNumbers
        ? `<text class="cell" text-anchor="middle" x="${fix(left + cell / 2)}" y="${top + 20}">${escapeHtml(text)}</text>`
        : '';
      return `<g><title>${escapeHtml(`${name}, block ${column}: ${text} ${unit}`)}</title><rect class="heat" x="${fix(left + 1)}" y="${top + 1}" width="${fix(cell - 2)}" height="${CELL.height - 2}" rx="3" fill-opacity="${fix3(shade)}"/>${words}</g>`;
    });
    return `<text class="tick" text-anchor="end" x="${NAME - 8}" y="${top + 20}">${escapeHtml(name)}</text>${cells.join('')}`;
  });
  const drawing = {
    body: [...heads, ...body].join('\n'),
    width: Math.ceil(NAME + columns.length * cell) + 2,
    height: HEAD + rows.length * CELL.height + 4,
  };
  return `<figure class="chart">
<figcaption><span class="chart-title">${escapeHtml(title)}</span> <span class="unit">${escapeHtml(unit)}</span></figcaption>
<div style="max-width: ${drawing.width}px">${svg(drawing, `${title} by layer and block`)}</div>
</figure>`;
}

const fix = (value: number): string => String(Math.round(value * 10) / 10);
const fix3 = (value: number): string => String(Math.round(value * 1000) / 1000);
