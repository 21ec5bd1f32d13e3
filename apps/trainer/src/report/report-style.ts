/** Custom properties of the colours in the light. */
export const lightColors: string = `
  --page: #f7f7f5; --surface: #ffffff; --ink: #16181d; --muted: #5c6270; --line: #e3e4e8; --axis: #b4b8c2;
  --series-1: #2a6fdb; --series-2: #d9541e; --series-3: #0f8f6b; --series-4: #a06a00; --series-5: #8a46c8; --series-6: #c2387a;`;
/** Custom properties of the colours in the dark. */
export const darkColors: string = `
  --page: #101216; --surface: #181b21; --ink: #eceef2; --muted: #a0a6b3; --line: #2a2e37; --axis: #525866;
  --series-1: #5b9bff; --series-2: #ff8a57; --series-3: #35c99b; --series-4: #e0ab3a; --series-5: #b98af0; --series-6: #f07cae;`;

const colors = [1, 2, 3, 4, 5, 6].map((i) => `.series-${i} { --series: var(--series-${i}); }`).join('\n');

/** Style of what charts are drawn of, in a page and in a file. */
export const drawingStyle: string = `.grid { stroke: var(--line); }
.axis { stroke: var(--axis); }
.tick { fill: var(--muted); font-size: 12px; font-variant-numeric: tabular-nums; }
polyline { fill: none; stroke: var(--series); stroke-linejoin: round; stroke-linecap: round; }
polyline.line { stroke-width: 2; }
polyline.faint { stroke-width: 1; opacity: 0.32; }
polyline.points { stroke-width: 1.25; }
.dot { fill: var(--series); stroke: var(--surface); stroke-width: 1.5; }
.key { stroke: var(--series); stroke-width: 2.5; }
.bar { fill: var(--series); }
.whisker { stroke: var(--ink); stroke-width: 1.5; }
.area { fill: var(--series); opacity: 0.16; }
.code { stroke: var(--ink); stroke-width: 2; stroke-linecap: round; }
.heat { fill: var(--series-2); stroke: var(--line); }
.cell { fill: var(--ink); font-size: 13px; font-variant-numeric: tabular-nums; }
.reference { stroke: var(--muted); stroke-width: 1.5; stroke-dasharray: 5 4; }
${colors}`;

/** The style sheet of a report, light or dark as the reader's system is. */
export const reportStyle: string = `
:root { color-scheme: light dark; ${lightColors} }
@media (prefers-color-scheme: dark) { :root { ${darkColors} } }
* { box-sizing: border-box; }
body { margin: 0; background: var(--page); color: var(--ink); font: 15px/1.55 system-ui, -apple-system, 'Segoe UI', Roboto, 'DejaVu Sans', sans-serif; }
main { max-width: 1120px; margin: 0 auto; padding: 40px 24px 64px; }
@media (max-width: 640px) { main { padding: 24px 14px 48px; } }
h1 { font-size: 26px; line-height: 1.25; letter-spacing: -0.01em; margin: 0; }
h2 { font-size: 18px; letter-spacing: -0.005em; margin: 44px 0 12px; }
section > .note { color: var(--muted); max-width: 72ch; margin: -6px 0 14px; }
.subtitle { color: var(--muted); margin: 6px 0 0; }
.tiles { display: grid; grid-template-columns: repeat(auto-fit, minmax(165px, 1fr)); gap: 12px; margin: 28px 0 12px; }
.tile, .chart, .card { background: var(--surface); border: 1px solid var(--line); border-radius: 10px; }
.tile { padding: 14px 16px; }
.tile .label { color: var(--muted); font-size: 13px; }
.tile .value { font-size: 25px; line-height: 1.3; font-weight: 600; letter-spacing: -0.01em; }
.tile .note { color: var(--muted); font-size: 12.5px; line-height: 1.4; }
.chart { margin: 0 0 12px; padding: 14px 16px 8px; min-width: 0; }
.charts { display: grid; gap: 12px; margin-bottom: 12px; }
.charts .chart { margin: 0; }
.of-2 { grid-template-columns: repeat(2, minmax(0, 1fr)); }
.of-3 { grid-template-columns: repeat(3, minmax(0, 1fr)); }
.of-4 { grid-template-columns: repeat(4, minmax(0, 1fr)); }
@media (max-width: 960px) { .of-3, .of-4 { grid-template-columns: repeat(2, minmax(0, 1fr)); } }
@media (max-width: 640px) { .of-2, .of-3, .of-4 { grid-template-columns: minmax(0, 1fr); } }
figcaption { display: flex; flex-wrap: wrap; align-items: baseline; gap: 2px 8px; margin-bottom: 6px; }
.chart-title { font-weight: 600; }
.unit { color: var(--muted); font-size: 13px; }
.legend { display: flex; flex-wrap: wrap; gap: 2px 16px; margin-left: auto; font-size: 13px; color: var(--muted); }
.entry { display: inline-flex; align-items: baseline; gap: 6px; }
section + .chart { margin-top: 32px; }
.key-line, .key-reference, .key-dot { align-self: center; }
.key-line, .key-reference { width: 16px; border-top: 2.5px solid var(--series); }
.key-reference { border-top: 2px dashed var(--muted); }
.key-dot { width: 9px; height: 9px; border-radius: 50%; background: var(--series); }
svg { display: block; width: 100%; height: auto; }
svg.only-narrow { display: none; }
@media (max-width: 960px) { .charts svg.only-wide { display: none; } .charts svg.only-narrow { display: block; } }
@media (max-width: 640px) { svg.only-wide { display: none; } svg.only-narrow { display: block; } }
${drawingStyle}
@media (max-width: 960px) { .only-wide .tick { font-size: 15px; } }
.card { padding: 6px 16px; }
.two { display: grid; grid-template-columns: repeat(auto-fit, minmax(330px, 1fr)); gap: 0 24px; align-items: start; }
.scroll { overflow-x: auto; }
table.wide { min-width: 620px; }
table { border-collapse: collapse; width: 100%; font-size: 13.5px; }
th, td { text-align: left; padding: 6px 16px 6px 0; border-bottom: 1px solid var(--line); vertical-align: top; overflow-wrap: anywhere; }
thead th, th[scope='row'] { color: var(--muted); font-weight: 500; overflow-wrap: normal; white-space: nowrap; }
tbody tr:last-child > * { border-bottom: 0; }
td { font-variant-numeric: tabular-nums; }
.number { text-align: right; white-space: nowrap; }
.run { white-space: nowrap; }
details { border-top: 1px solid var(--line); }
summary { color: var(--muted); padding: 8px 0; cursor: pointer; }
.sample { white-space: pre-wrap; overflow-wrap: anywhere; margin: 0; padding: 10px 0; font: 14px/1.6 Georgia, 'DejaVu Serif', serif; }
.prompt { color: var(--muted); }
footer { margin-top: 40px; color: var(--muted); font-size: 13px; }
@media print { body { background: #fff; } .chart, .tile, .card { break-inside: avoid; } }
`;
