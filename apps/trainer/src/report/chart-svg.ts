import type { ChartPanel, LegendEntry } from './chart-panel.ts';
import { escapeHtml } from './html.ts';
import { darkColors, drawingStyle, lightColors } from './report-style.ts';

const PADDING = 18;
const LINE = 20;
const GAP = 26;
/** Mean width of a character of the legend, on the safe side. */
const CHARACTER = 7.6;
const KEY = 22;

/**
 * Returns charts, one below the other, as an SVG file that stands by itself: with its own style, light or dark as the
 * reader's system is, and legible where it is shown as an image.
 *
 * @param label - What the charts show, for readers who do not see them.
 * @throws RangeError when there is no panel.
 */
export function chartSvg(label: string, panels: readonly ChartPanel[]): string {
  if (panels.length === 0) throw new RangeError('chartSvg: there must be at least one panel, but got none');
  const inner = Math.max(...panels.map(({ width }) => width));
  const parts: string[] = [];
  let top = PADDING;
  for (const { title, unit, legend, body, height } of panels) {
    parts.push(
      `<text class="title" x="${PADDING}" y="${top + 14}">${escapeHtml(title)} <tspan class="unit">${escapeHtml(unit)}</tspan></text>`,
    );
    top += LINE + 4;
    for (const row of legendRows(legend, inner)) {
      parts.push(`<g transform="translate(${PADDING} ${top})">${row}</g>`);
      top += LINE;
    }
    parts.push(`<g transform="translate(${PADDING} ${top + 6})">\n${body}\n</g>`);
    top += 6 + height + GAP;
  }
  const [width, height] = [inner + 2 * PADDING, top - GAP + PADDING];
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img" aria-label="${escapeHtml(label)}">
<style>
svg {${lightColors} font-family: system-ui, -apple-system, 'Segoe UI', Roboto, 'DejaVu Sans', sans-serif; }
@media (prefers-color-scheme: dark) { svg {${darkColors} } }
${drawingStyle}
.page { fill: var(--surface); }
.title { fill: var(--ink); font-size: 15px; font-weight: 600; }
.unit { fill: var(--muted); font-size: 13px; font-weight: 400; }
.entry, .name { fill: var(--ink); font-size: 12.5px; }
</style>
<rect class="page" width="${width}" height="${height}" rx="10"/>
${parts.join('\n')}
</svg>
`;
}

/** Entries side by side, as many rows as it takes. */
function legendRows(legend: readonly LegendEntry[], width: number): string[] {
  const rows: string[][] = [];
  let left = Infinity;
  for (const { name, mark, color } of legend) {
    const length = KEY + name.length * CHARACTER + 18;
    if (left + length > width) {
      rows.push([]);
      left = 0;
    }
    rows
      .at(-1)!
      .push(
        `${keyOf(mark, color, left)}<text class="entry" x="${left + KEY}" y="13">${escapeHtml(name)}</text>`,
      );
    left += Math.round(length);
  }
  return rows.map((row) => row.join(''));
}

function keyOf(mark: LegendEntry['mark'], color: string, left: number): string {
  if (mark === 'dot') return `<circle class="dot ${color}" cx="${left + 8}" cy="9" r="4.5"/>`;
  const shape = mark === 'reference' ? 'reference' : `key ${color}`;
  return `<line class="${shape}" x1="${left}" x2="${left + 16}" y1="9" y2="9"/>`;
}
