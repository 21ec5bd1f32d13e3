import type { LayersRecord, LayerStatistics } from '../training/telemetry/layers-record.ts';
import { HISTOGRAM_REACH } from '../training/telemetry/weight-histogram.ts';
import type { Point } from './curves.ts';
import { heatMap } from './heat-map.ts';
import { histogramChart } from './histogram-chart.ts';
import type { HistogramSeries } from './histogram-chart.ts';
import { figures, section } from './html.ts';
import { lineChart } from './line-chart.ts';
import type { ChartOptions } from './line-chart.ts';
import type { RunFacts } from './report-run.ts';

type Quantity = 'weightsDecibels' | 'activationsDecibels' | 'outlierShare';

interface QuantityWords {
  readonly key: Quantity;
  readonly title: string;
  readonly unit: string;
  /** From the layers' own value to what is drawn. */
  readonly factor: number;
  readonly digits: number;
  /** Whether large values are the ones to look at. */
  readonly isLargeBad: boolean;
}

const QUANTITIES: readonly QuantityWords[] = [
  {
    key: 'weightsDecibels',
    title: 'Weights',
    unit: 'signal to error, dB',
    factor: 1,
    digits: 1,
    isLargeBad: false,
  },
  {
    key: 'activationsDecibels',
    title: 'Activations',
    unit: 'signal to error, dB',
    factor: 1,
    digits: 1,
    isLargeBad: false,
  },
  {
    key: 'outlierShare',
    title: 'Outliers',
    unit: '% of activations cut off',
    factor: 100,
    digits: 2,
    isLargeBad: true,
  },
];
/** More lines than that are no picture. */
const MOST_FAINT = 24;

/** Returns what quantizing does to the layers of one or more runs: over the steps, and block by block at the end. */
export function layersSection(runs: readonly RunFacts[]): string {
  const measured = runs.filter(({ layers }) => layers.length > 0);
  if (measured.length === 0) return '';
  const maps = measured.flatMap((run) => heatMaps(run, measured));
  const note =
    'Signal to quantization error of what the forward products take, on a fixed batch of the validation text, after each validation. Every 6 dB halve the error; layers in float32 have none and are left out. The deeper the shade, the larger the error or the share of outliers.';
  return [
    curvesSection(measured),
    maps.length === 0
      ? ''
      : section('Layer by layer, at the last validation', figures(columnsOf(measured), maps), note),
    section(
      'Weights',
      figures(2, histograms(measured)),
      !isSeveral(measured)
        ? 'In units of the scale that a channel has in E2M1: its largest weight lies at 6. Faint: each block by itself.'
        : 'In units of the scale that a channel has in E2M1: its largest weight lies at 6. All blocks together.',
    ),
  ].join('\n');
}

function curvesSection(runs: readonly RunFacts[]): string {
  const several = isSeveral(runs);
  const charts = QUANTITIES.flatMap(({ key, title, unit, factor, isLargeBad }) => {
    const of = ({ layers }: RunFacts, role: string): Point[] =>
      layers.flatMap((record) => {
        const value = meanOf(record, role, key);
        return value === null ? [] : [[record.step, value * factor] as const];
      });
    const small = several
      ? { unit, xLabel: 'step', width: 250, height: 190, isTight: true, fromZero: isLargeBad }
      : { unit, xLabel: 'step', height: 240, isTight: true, fromZero: isLargeBad, ...sizeOf(runs) };
    const roles = rolesOf(runs);
    if (!several) {
      const series = roles.map((name, color) => ({
        name,
        color,
        mark: 'points' as const,
        points: of(runs[0]!, name),
      }));
      return anyPoint(series) ? [lineChart({ ...small, title, series })] : [];
    }
    return roles.flatMap((role) => {
      const series = runs.map((run) => ({
        name: run.name,
        color: run.color ?? 0,
        mark: 'points' as const,
        points: of(run, role),
      }));
      return anyPoint(series) ? [lineChart({ ...small, title: `${title} of ${role}`, series })] : [];
    });
  });
  if (charts.length === 0) return '';
  return section(
    'Quantization error',
    figures(several ? 4 : columnsOf(runs), charts),
    'Mean over the blocks.',
  );
}

const anyPoint = (series: readonly { points: readonly Point[] }[]): boolean =>
  series.some(({ points }) => points.length > 0);

function heatMaps(run: RunFacts, all: readonly RunFacts[]): string[] {
  const last = run.layers.at(-1)!;
  const rows = rolesOf([run]);
  const blocks = [...new Set(last.layers.map(({ block }) => block))].toSorted((a, b) => a - b);
  return QUANTITIES.flatMap(({ key, title, unit, factor, digits, isLargeBad }) => {
    const found = all.flatMap(({ layers }) => layers.at(-1)!.layers.flatMap((layer) => layer[key] ?? []));
    if (last.layers.every((layer) => layer[key] === null)) return [];
    const ends = [Math.min(...found) * factor, Math.max(...found) * factor] as const;
    return heatMap({
      title: isSeveral(all) ? `${title}, ${run.name}` : title,
      unit,
      rows,
      columns: blocks.map(String),
      values: rows.map((role) => blocks.map((block) => valueOf(last.layers, role, block, key, factor))),
      range: isLargeBad ? [0, ends[1]] : [ends[1], ends[0]],
      format: (value) => value.toFixed(digits),
      width: sizeOf(all).width,
    });
  });
}

function valueOf(
  layers: readonly LayerStatistics[],
  role: string,
  block: number,
  key: Quantity,
  factor: number,
): number | null {
  const value = layers.find((layer) => layer.role === role && layer.block === block)?.[key] ?? null;
  return value === null ? null : value * factor;
}

function histograms(runs: readonly RunFacts[]): string[] {
  const several = isSeveral(runs);
  return rolesOf(runs).map((role) => {
    const series = runs.flatMap((run): HistogramSeries[] => {
      const first = run.layers[0]!;
      const last = run.layers.at(-1)!;
      const color = several ? (run.color ?? 0) : 0;
      const whole = {
        shares: sharesOf(countsOf(last, role)),
        color,
        mark: several ? 'line' : 'area',
      } as const;
      if (several) return [{ name: run.name, ...whole }];
      const own = last.layers.filter((layer) => layer.role === role);
      const faint = own.length > MOST_FAINT || own.length === 1 ? [] : own;
      return [
        ...faint.map(({ block, histogram }) => ({
          name: `block ${block}`,
          color,
          shares: sharesOf(histogram),
          mark: 'faint' as const,
        })),
        { name: `step ${last.step}`, ...whole },
        ...(first.step < last.step
          ? [
              {
                name: `step ${first.step}`,
                color: 1,
                shares: sharesOf(countsOf(first, role)),
                mark: 'line' as const,
              },
            ]
          : []),
      ];
    });
    return histogramChart({ title: role, unit: '% of the weights in a bin', reach: HISTOGRAM_REACH, series });
  });
}

/** Counts of all blocks together. */
function countsOf({ layers }: LayersRecord, role: string): number[] {
  const sum: number[] = [];
  for (const layer of layers) {
    if (layer.role !== role) continue;
    for (const [bin, count] of layer.histogram.entries()) sum[bin] = (sum[bin] ?? 0) + count;
  }
  return sum;
}

function sharesOf(counts: readonly number[]): number[] {
  const total = counts.reduce((sum, count) => sum + count, 0);
  return counts.map((count) => (total === 0 ? 0 : count / total));
}

/** Mean over the blocks that have a value; null where none has. */
function meanOf({ layers }: LayersRecord, role: string, key: Quantity): number | null {
  const values = layers.flatMap((layer) => (layer.role === role ? (layer[key] ?? []) : []));
  return values.length === 0 ? null : values.reduce((sum, value) => sum + value, 0) / values.length;
}

/** One column for each quantity that there is, but not one alone. */
function columnsOf(runs: readonly RunFacts[]): 2 | 3 {
  const found = QUANTITIES.filter(({ key }) =>
    runs.some(({ layers }) => layers.some((record) => record.layers.some((layer) => layer[key] !== null))),
  );
  return found.length === 3 ? 3 : 2;
}

/** Near the width on the page, so that letters have one size everywhere. */
const sizeOf = (runs: readonly RunFacts[]): Pick<ChartOptions, 'narrow'> & { width: number } =>
  columnsOf(runs) === 3 ? { width: 350 } : { width: 530, narrow: { width: 350, height: 240 } };

/** Whether runs are told apart, though not all may have been measured. */
const isSeveral = (runs: readonly RunFacts[]): boolean => runs.some(({ color }) => color !== undefined);

/** In the order in which a block calls them. */
function rolesOf(runs: readonly RunFacts[]): string[] {
  return [...new Set(runs.flatMap(({ layers }) => layers.at(-1)!.layers.map(({ role }) => role)))];
}
