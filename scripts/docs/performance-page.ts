import { globSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { barPanel } from '../../apps/trainer/src/report/bar-chart.ts';
import { chartSvg } from '../../apps/trainer/src/report/chart-svg.ts';
import type { BenchReport, BenchRow } from '../../bench/src/report.ts';
import { root } from '../workspaces.ts';
import { benchTitles, metricOf, opTitles } from './bench-metrics.ts';

/** A stored run of a benchmark. */
export interface StoredResult {
  /** The file's name without `.json`, such as `step_wasm_xeon_202611`. */
  readonly name: string;
  readonly report: BenchReport;
}

/** A page, and the charts that it shows, by the names of their files beside it. */
export interface PageWithCharts {
  readonly text: string;
  readonly charts: ReadonlyMap<string, string>;
}

const order = ['step', 'memory', 'gemm', 'sample', 'quantize', 'fit'];

/** Reads what lies in `bench/results`: training steps first. */
export function readResults(): StoredResult[] {
  const rank = ({ name }: StoredResult): number => {
    const at = order.indexOf(name.split('_')[0]!);
    return at < 0 ? order.length : at;
  };
  return globSync('bench/results/*.json', { cwd: root })
    .map((file) => ({
      name: path.basename(file, '.json'),
      report: JSON.parse(readFileSync(path.join(root, file), 'utf8')) as BenchReport,
    }))
    .toSorted((a, b) => rank(a) - rank(b) || (a.name < b.name ? 1 : -1));
}

/** The page of every stored measurement, as Markdown with its charts. */
export function performancePage(results: readonly StoredResult[]): PageWithCharts {
  const charts = new Map<string, string>();
  const sections = results.map(({ name, report }) => {
    const measures = groups(report.rows);
    const tables = measures.map((rows) => {
      const { op, backend } = rows[0]!;
      const title = `${opTitles.get(op) ?? `\`${op}\``}, on ${backend}`;
      const chart = chartOf(rows, title);
      if (chart !== undefined) charts.set(`${name}-${op}.svg`, chart);
      const picture = chart === undefined ? '' : `![${title}](./${name}-${op}.svg)\n\n`;
      // The only table of a section needs no heading of its own.
      const heading = measures.length === 1 ? '' : `### ${title}\n\n`;
      return `${heading}${picture}${tableOf(rows)}`;
    });
    return `## ${headingOf(name, report)}\n\n${provenanceOf(name, report)}\n\n${[...tables, boundsOf(report)].filter((text) => text !== '').join('\n\n')}`;
  });
  return {
    charts,
    text: `---
outline: 2
---

# Performance

Everything on this page comes from files in [bench/results](https://github.com/nibble-ml/nibble/tree/main/bench/results), which \`npm run bench\` wrote: Nibble beside stock TensorFlow.js and jax-js, in turns, in one run, after a check that the results are right. [How speed is measured](./how-speed-is-measured.md) says how, and what a ratio is. Software adapters (lavapipe) compute on the CPU and say nothing about ranks on a GPU.

${sections.join('\n\n')}
`,
  };
}

/** Rows of the same measure on the same backend, in the order they came. */
function groups(rows: readonly BenchRow[]): BenchRow[][] {
  return [...groupBy(rows, ({ op, backend }) => `${backend} ${op}`).values()];
}

function headingOf(name: string, { backend, adapter }: BenchReport): string {
  const title = benchTitles.get(name.split('_')[0]!) ?? name;
  const where = backend === 'all' ? 'wasm and webgpu' : backend;
  return `${title}, on ${where}${adapter.includes('llvmpipe') ? ' (software adapter)' : ''}`;
}

function provenanceOf(name: string, { adapter, backend, date, versions }: BenchReport): string {
  const bench = name.split('_')[0]!;
  // The others have no choice of a backend.
  const flag = bench === 'step' ? ` --backend ${backend}` : '';
  const used = ['@tensorflow/tfjs', '@jax-js/jax', 'webgpu']
    .filter((key) => versions[key] !== undefined)
    .map((key) => `${key} ${versions[key]}`);
  return `\`npm run bench -- ${bench}${flag}\`, ${date.slice(0, 10)}, stored in \`${name}.json\`. ${adapter}; ${used.join(', ')}.`;
}

/** Implementations down, shapes across. */
function tableOf(rows: readonly BenchRow[]): string {
  const shapes = [...new Set(rows.map(({ shape }) => shape.join(' × ')))];
  const { unit, format, value } = metricOf(rows[0]!.op);
  const lines = [...groupBy(rows, nameOf)].map(([name, own]) => {
    const cells = shapes.map((shape) => {
      const row = own.find((candidate) => candidate.shape.join(' × ') === shape);
      return row === undefined ? '' : format(value(row));
    });
    return `| ${name} | ${cells.join(' | ')} |`;
  });
  return `| ${unit} | ${shapes.join(' | ')} |\n| --- | ${shapes.map(() => '---:').join(' | ')} |\n${lines.join('\n')}`;
}

/** Bars of the last and largest shape; undefined where a table says it all. */
function chartOf(rows: readonly BenchRow[], title: string): string | undefined {
  const { isCharted, unit, format, value } = metricOf(rows[0]!.op);
  if (!isCharted) return undefined;
  const shape = rows.at(-1)!.shape.join(' × ');
  const bars = rows
    .filter((row) => row.shape.join(' × ') === shape)
    .map((row) => ({
      name: nameOf(row),
      value: value(row),
      color: ['nibble', 'tfjs', 'jax-js'].indexOf(row.impl),
      text: format(value(row)),
    }));
  return chartSvg(title, [barPanel({ title, unit: `${unit}, ${shape}`, bars, width: 720, nameWidth: 220 })]);
}

function nameOf({ impl, variant }: BenchRow): string {
  return `${impl === 'nibble' ? 'Nibble' : impl}, ${variant}`;
}

/** The ratios, and what the benchmark itself would have refused. */
function boundsOf({ ratios, checks = {} }: BenchReport): string {
  const rows = [
    ...Object.entries(ratios).map(([name, ratio]) => `| \`${name}\` | ${ratio.toFixed(2)} | |`),
    ...Object.entries(checks).map(
      ([name, { value, atMost }]) => `| \`${name}\` | ${value.toPrecision(3)} | ${atMost} |`,
    ),
  ];
  if (rows.length === 0) return '';
  return `### Ratios and bounds\n\n| name | measured | at most |\n| --- | ---: | ---: |\n${rows.join('\n')}`;
}

function groupBy(rows: readonly BenchRow[], keyOf: (row: BenchRow) => string): Map<string, BenchRow[]> {
  const found = new Map<string, BenchRow[]>();
  for (const row of rows) found.set(keyOf(row), [...(found.get(keyOf(row)) ?? []), row]);
  return found;
}
