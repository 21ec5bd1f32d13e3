import { CHART_SIZE, drawChart } from './chart.ts';
import type { Chart } from './chart.ts';
import { escapeXml } from './escape-xml.ts';

const PADDING = 16;
const GAP = 20;

const LIGHT =
  '--surface: #ffffff; --ink: #16181d; --muted: #5c6270; --line: #e3e4e8; --axis: #b4b8c2; ' +
  '--t1: #2a6fdb; --t2: #d9541e; --t3: #0f8f6b; --t4: #a06a00; --t5: #8a46c8; --t6: #c2387a; --t7: #2b8a9e; --t8: #6b7280;';
const DARK =
  '--surface: #181b21; --ink: #eceef2; --muted: #a0a6b3; --line: #2a2e37; --axis: #525866; ' +
  '--t1: #5b9bff; --t2: #ff8a57; --t3: #35c99b; --t4: #e0ab3a; --t5: #b98af0; --t6: #f07cae; --t7: #5cc3d6; --t8: #9aa3b2;';
const TONES = Array.from({ length: 8 }, (_, i) => `.tone-${i + 1} { --tone: var(--t${i + 1}); }`).join('\n');

/**
 * Charts side by side as an SVG file that stands by itself: with its own style, light or dark as the reader's system
 * is.
 *
 * @param label - What the charts show, for readers who do not see them.
 * @param columns - How many in a row. Default 2.
 * @throws RangeError when there is no chart.
 */
export function figure(label: string, charts: readonly Chart[], columns = 2): string {
  if (charts.length === 0) throw new RangeError('figure: there must be a chart, but there is none');
  const across = Math.min(columns, charts.length);
  const rows = Math.ceil(charts.length / across);
  const width = 2 * PADDING + across * CHART_SIZE.width + (across - 1) * GAP;
  const height = 2 * PADDING + rows * CHART_SIZE.height + (rows - 1) * GAP;
  const placed = charts.map((chart, i) => {
    const left = PADDING + (i % across) * (CHART_SIZE.width + GAP);
    const top = PADDING + Math.floor(i / across) * (CHART_SIZE.height + GAP);
    return `<g transform="translate(${left} ${top})">\n${drawChart(chart)}\n</g>`;
  });
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img" aria-label="${escapeXml(label)}">
<style>
svg { ${LIGHT} font-family: system-ui, -apple-system, 'Segoe UI', Roboto, 'DejaVu Sans', sans-serif; }
@media (prefers-color-scheme: dark) { svg { ${DARK} } }
.page { fill: var(--surface); }
.title { fill: var(--ink); font-size: 14px; font-weight: 600; }
.label, .tick, .end { fill: var(--muted); font-size: 11.5px; }
.end { paint-order: stroke; stroke: var(--surface); stroke-width: 4px; }
.entry { fill: var(--ink); font-size: 11.5px; }
.grid { stroke: var(--line); }
.axis { stroke: var(--axis); }
polyline { fill: none; stroke: var(--tone); stroke-width: 1.8; stroke-linejoin: round; stroke-linecap: round; }
polyline.dashes { stroke-width: 1.4; stroke-dasharray: 5 4; }
.dot { fill: var(--tone); stroke: var(--surface); stroke-width: 1; }
.ring { fill: none; stroke: var(--tone); stroke-width: 1.8; }
${TONES}
</style>
<rect class="page" width="${width}" height="${height}" rx="8"/>
${placed.join('\n')}
</svg>
`;
}
