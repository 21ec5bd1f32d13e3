import { smooth, type Point, type RunCurves } from './curves.ts';
import { gemmTable, type GemmRow } from './gemm-table.ts';
import { escapeHtml, table } from './html.ts';
import { lineChart, type ChartSeries } from './line-chart.ts';
import { reportStyle } from './report-style.ts';

/** One figure of the summary. */
export interface ReportFigure {
  /** What it is. */
  label: string;
  /** Its value, with its unit. */
  value: string;
  /** What to compare it with, or how it was taken. */
  note?: string;
}

/** Everything that a report shows. */
export interface ReportData {
  /** Heading, such as model and recipe. */
  title: string;
  /** A line below it. */
  subtitle?: string;
  /** The result, most important first. */
  summary: readonly ReportFigure[];
  /** This run's curves first, then those to compare with. */
  runs: readonly RunCurves[];
  /** Unigram entropy of the validation text, in nats per token. */
  unigramNats?: number;
  /** What really ran. */
  gemms: readonly GemmRow[];
  /** A text from the model. */
  sample?: { prompt: string; continuation: string };
  /** The resolved config. */
  config: Readonly<Record<string, unknown>>;
  /** What the adapter says of itself. */
  adapter: Readonly<Record<string, string>>;
  /** Versions by name. */
  versions: Readonly<Record<string, string>>;
}

/** Share of the steps on either side that the smoothed loss averages. */
const smoothing = 0.02;

/**
 * Returns the report of a run as one HTML page without scripts and without any request.
 *
 * @throws RangeError when a curve holds a value that is not finite.
 */
export function reportHtml(data: ReportData): string {
  const { title, subtitle, summary, gemms, sample, config, adapter, versions } = data;
  const pairs = (record: Readonly<Record<string, unknown>>): string =>
    card(
      table(
        [],
        Object.entries(record).map(([key, value]) => [key, show(value)]),
      ),
    );
  const parts = [
    `<header><h1>${escapeHtml(title)}</h1>${subtitle === undefined ? '' : `<p class="subtitle">${escapeHtml(subtitle)}</p>`}</header>`,
    `<div class="tiles">${summary.map(tile).join('\n')}</div>`,
    charts(data),
    gemms.length === 0 ? '' : section('Precision of every matrix product', card(gemmTable(gemms))),
    sample === undefined
      ? ''
      : section(
          'Sample',
          card(
            `<p class="sample"><span class="prompt">${escapeHtml(sample.prompt)}</span>${escapeHtml(sample.continuation)}</p>`,
          ),
        ),
    `<div class="two">${section('Config', pairs(config))}<div>${Object.keys(adapter).length === 0 ? '' : section('Adapter', pairs(adapter))}${section('Versions', pairs(versions))}</div></div>`,
  ];
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<title>${escapeHtml(title)}</title>
<style>${reportStyle}</style>
</head>
<body>
<main>
${parts.filter((part) => part !== '').join('\n')}
</main>
</body>
</html>
`;
}

const section = (heading: string, content: string): string =>
  `<section><h2>${heading}</h2>\n${content}\n</section>`;
const card = (content: string): string => `<div class="card">${content}</div>`;
const tile = ({ label, value, note }: ReportFigure): string =>
  `<div class="tile"><div class="label">${escapeHtml(label)}</div><div class="value">${escapeHtml(value)}</div>${note === undefined ? '' : `<div class="note">${escapeHtml(note)}</div>`}</div>`;

function charts({ runs, unigramNats }: ReportData): string {
  const references = unigramNats === undefined ? [] : [{ name: 'unigram entropy', y: unigramNats }];
  const loss = runs.flatMap((run, index) => lossSeries(run, index, runs.length > 1));
  const curve = (of: (run: RunCurves) => readonly Point[]): ChartSeries[] =>
    runs.map((run, color) => ({ name: run.name, points: of(run), color, mark: 'line' }));
  const small = { xLabel: 'step', width: 440, height: 280 };
  const gradNorms = curve((run) => run.gradNorm);
  const drawn = [
    { title: 'Learning rate', unit: '', series: curve((run) => run.learningRate), fromZero: true, ...small },
    { title: 'Gradient norm', unit: 'before clipping', series: gradNorms, ...yOf(gradNorms), ...small },
    {
      title: 'Speed',
      unit: 'tokens/s',
      series: curve((run) => run.tokensPerSecond),
      fromZero: true,
      ...small,
    },
  ].filter(({ series }) => series.some(({ points }) => points.length > 0));
  const main = loss.some(({ points }) => points.length > 0)
    ? lineChart({
        title: 'Loss',
        unit: 'nats per token',
        xLabel: 'step',
        series: loss,
        references,
        width: 1040,
        height: 380,
      })
    : '';
  return `${main}\n<div class="charts">${drawn.map(lineChart).join('\n')}</div>`;
}

function lossSeries(run: RunCurves, index: number, several: boolean): ChartSeries[] {
  const of = several ? `${run.name}, ` : '';
  const valColor = several ? index : 1;
  return [
    { name: `${of}training, each step`, points: run.loss, color: index, mark: 'faint' },
    {
      name: `${of}training`,
      points: smooth(run.loss, Math.ceil(run.loss.length * smoothing)),
      color: index,
      mark: 'line',
    },
    { name: `${of}validation`, points: run.valLoss, color: valColor, mark: 'points' },
  ];
}

/** Factors where a curve spans more than one order of magnitude, else steps from zero. */
function yOf(series: readonly ChartSeries[]): { yScale: 'log' } | { fromZero: true } {
  const values = series.flatMap(({ points }) => points.map(([, y]) => y));
  const low = values.reduce((a, b) => Math.min(a, b), Infinity);
  const high = values.reduce((a, b) => Math.max(a, b), -Infinity);
  return low > 0 && high / low > 10 ? { yScale: 'log' } : { fromZero: true };
}

/** Values as a config file would have them; null is what was left to the program. */
const show = (value: unknown): string =>
  typeof value === 'string' ? value : value === null ? 'default' : JSON.stringify(value);
