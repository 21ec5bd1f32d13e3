import type { ChartPanel } from './chart-panel.ts';
import { escapeHtml } from './html.ts';
import { createScale } from './scale.ts';

/** One bar. */
export interface Bar {
  /** What it is of, to its left. */
  readonly name: string;
  readonly value: number;
  /** Where the truth may lie, as a whisker; left out, there is none. */
  readonly range?: readonly [low: number, high: number] | undefined;
  /** Place in the palette, from 0. */
  readonly color: number;
  /** The value in words, to its right. */
  readonly text: string;
}

/** What {@link barPanel} draws. */
export interface BarChartOptions {
  /** Heading. */
  readonly title: string;
  /** Unit of the values, beside the heading. */
  readonly unit: string;
  /** From top to bottom. */
  readonly bars: readonly Bar[];
  /** Drawing units; default 640. */
  readonly width?: number;
  /** Drawing units left for the names; default 170. */
  readonly nameWidth?: number;
}

const ROW = 26;
const BAR = 12;
const AXIS = 24;
const TEXT = 170;
/** Whiskers beyond so many times the longest bar are cut, or no bar could be seen. */
const LONGEST_WHISKER = 3;

/**
 * Returns a chart of horizontal bars that begin at zero, each with a whisker for its interval and its value in words. A
 * whisker that leaves the chart ends at its edge.
 *
 * @throws RangeError when there are no bars or a value is not finite.
 */
export function barPanel({ title, unit, bars, width = 640, nameWidth = 170 }: BarChartOptions): ChartPanel {
  if (bars.length === 0) throw new RangeError(`barPanel: ${title} must have at least one bar, but got none`);
  const broken = bars.find(({ value }) => !Number.isFinite(value));
  if (broken) {
    throw new RangeError(
      `barPanel: ${title}, ${broken.name} must be a finite number, but got ${broken.value}`,
    );
  }
  const reach = LONGEST_WHISKER * Math.max(...bars.map(({ value }) => Math.abs(value)));
  const ends = bars.flatMap(({ value, range = [value, value] }) => [
    value,
    Math.max(range[0], -reach),
    Math.min(range[1], reach),
  ]);
  const right = width - TEXT;
  const x = createScale({
    type: 'linear',
    domain: [Math.min(0, ...ends), Math.max(0, ...ends)],
    range: [nameWidth, right],
    tickCount: 5,
  });
  const inside = (value: number): number => Math.min(right, Math.max(nameWidth, x.map(value)));
  const bottom = bars.length * ROW;
  const grid = x.ticks.map(
    (tick) =>
      `<line class="${tick === 0 ? 'axis' : 'grid'}" x1="${fix(x.map(tick))}" x2="${fix(x.map(tick))}" y1="0" y2="${bottom}"/><text class="tick" text-anchor="middle" x="${fix(x.map(tick))}" y="${bottom + 17}">${x.format(tick)}</text>`,
  );
  const rows = bars.map(({ name, value, range, color, text }, i) => {
    const middle = (i + 0.5) * ROW;
    const [from, to] = [Math.min(x.map(0), x.map(value)), Math.max(x.map(0), x.map(value))];
    const whisker =
      range === undefined
        ? ''
        : `<line class="whisker" x1="${fix(inside(range[0]))}" x2="${fix(inside(range[1]))}" y1="${middle}" y2="${middle}"/>`;
    return `<text class="name" text-anchor="end" x="${nameWidth - 10}" y="${middle + 4}">${escapeHtml(name)}</text><rect class="bar series-${(color % 6) + 1}" x="${fix(from)}" y="${middle - BAR / 2}" width="${fix(Math.max(1, to - from))}" height="${BAR}" rx="2"/>${whisker}<text class="tick" x="${right + 10}" y="${middle + 4}">${escapeHtml(text)}</text>`;
  });
  return { title, unit, legend: [], body: [...grid, ...rows].join('\n'), width, height: bottom + AXIS };
}

/** A tenth of a drawing unit is finer than a pixel. */
const fix = (value: number): string => String(Math.round(value * 10) / 10);
