import type { RunDiagnostics } from '../fit/diagnose-fit.ts';
import type { FitResult } from '../fit/fit-result.ts';
import { defineLaw } from '../laws/define-law.ts';
import type { ScalingPoint } from '../laws/point.ts';
import { valuesOf } from '../predict/predict-interval.ts';
import type { Axis } from './axis-scale.ts';
import type { Chart, ChartPoint, ChartSeries } from './chart.ts';
import { compactCount, shortNumber } from './compact-number.ts';

const POINTS_OF_LINE = 60;
/** More lines than this cannot be told apart. */
const MOST_LINES = 6;

const AXES: Readonly<Record<'N' | 'D' | 'G', Axis>> = {
  N: { label: 'N, parameters', scale: 'log', isCount: true },
  D: { label: 'D, tokens', scale: 'log', isCount: true },
  G: { label: 'G, group size', scale: 'log', isCount: true },
};

/** What was fitted, for titles: the loss or the quantization error. */
function responseOf(fit: FitResult): string {
  return fit.definition.predicts === 'delta' ? 'delta, nats' : 'loss, nats';
}

/** Logarithmic, unless noise has made an error zero or negative. */
function scaleOf(values: readonly number[]): Axis['scale'] {
  return values.every((value) => value > 0) ? 'log' : 'linear';
}

/** Predicted against observed, with the line on which both are equal. */
export function agreementChart(fit: FitResult, diagnostics: readonly RunDiagnostics[]): Chart {
  const all = diagnostics.flatMap(({ predicted, observed }) => [predicted, observed]);
  const [low, high] = [Math.min(...all), Math.max(...all)];
  return {
    title: `${fit.law}: fitted against observed`,
    x: { label: `observed ${responseOf(fit)}`, scale: scaleOf(all) },
    y: { label: `fitted ${responseOf(fit)}`, scale: scaleOf(all) },
    legendTitle: 'N',
    series: [
      {
        kind: 'dashes',
        color: 7,
        points: [
          [low, low],
          [high, high],
        ],
      },
      ...bySize(diagnostics, ({ observed, predicted }) => [observed, predicted]),
      ...outliers(diagnostics, ({ observed, predicted }) => [observed, predicted]),
    ],
  };
}

/** Residuals against the fitted value, outliers ringed. */
export function residualChart(fit: FitResult, diagnostics: readonly RunDiagnostics[]): Chart {
  const fitted = diagnostics.map(({ predicted }) => predicted);
  return {
    title: `${fit.law}: residuals`,
    x: { label: `fitted ${responseOf(fit)}`, scale: scaleOf(fitted) },
    y: {
      label:
        fit.logOf === 'loss' && fit.definition.predicts === 'delta'
          ? 'loss over fitted, %'
          : 'observed over fitted, %',
      scale: 'linear',
      include: [0],
    },
    legendTitle: 'N',
    series: [
      {
        kind: 'dashes',
        color: 7,
        points: [
          [Math.min(...fitted), 0],
          [Math.max(...fitted), 0],
        ],
      },
      ...bySize(diagnostics, residualPoint),
      ...outliers(diagnostics, residualPoint),
    ],
  };
}

function residualPoint({ predicted, residual }: RunDiagnostics): ChartPoint {
  return [predicted, 100 * residual];
}

/**
 * What was fitted against one input: the runs as points, the law as lines at the values of another input. Runs are
 * those of one value of the third, so that lines and points belong together.
 */
export function inputChart(
  fit: FitResult,
  diagnostics: readonly RunDiagnostics[],
  input: 'N' | 'D' | 'G',
): Chart | undefined {
  const law = defineLaw(fit.definition);
  const values = valuesOf(fit);
  const isDelta = law.predicts === 'delta';
  const runs = diagnostics.filter(({ record }) => (record.G === undefined) === !(isDelta || input === 'G'));
  const [lineInput, fixedInput] = (
    { N: ['D', 'G'], D: ['N', 'G'], G: ['N', 'D'] } as const satisfies Record<
      string,
      readonly ['N' | 'D', string]
    >
  )[input];
  const fixed = runs.some(({ record }) => record[fixedInput] !== undefined)
    ? fullestOf(runs, fixedInput, [input, lineInput])
    : undefined;
  const precision = runs[0]?.record.precision;
  const shown = runs.filter(
    ({ record }) => record.precision === precision && (fixed === undefined || record[fixedInput] === fixed),
  );
  const abscissas = distinct(shown.map(({ record }) => record[input]));
  if (abscissas.length < 2 || precision === undefined) return undefined;
  const grid = geometric(abscissas[0]!, abscissas.at(-1)!);
  const levels = spread(distinct(shown.map(({ record }) => record[lineInput])), MOST_LINES);
  const series = levels.flatMap((level, color): ChartSeries[] => {
    const own = shown.filter(({ record }) => record[lineInput] === level);
    const base = own[0]!.record;
    const lawAt = (at: number): number => law.predict(values, { ...pointOf(base), precision, [input]: at });
    // A law with one parameter per group size has no line between them.
    const xs = input === 'G' && law.levelKinds.has('G') ? abscissas : grid;
    return [
      { kind: 'line', color, points: xs.map((at) => [at, lawAt(at)] as const) },
      {
        name: compactCount(level),
        kind: 'points',
        color,
        points: own.map(({ record, observed }) => [record[input]!, observed] as const),
        titles: own.map(
          ({ observed, predicted }) => `observed ${shortNumber(observed)}, fitted ${shortNumber(predicted)}`,
        ),
      },
    ];
  });
  const where = fixed === undefined ? '' : `, ${fixedInput} = ${compactCount(fixed)}`;
  return {
    title: `${isDelta ? 'delta' : 'loss'} against ${input} (${precision}${where})`,
    x: AXES[input],
    y: { label: responseOf(fit), scale: scaleOf(shown.map(({ observed }) => observed)) },
    legendTitle: lineInput,
    series,
  };
}

function pointOf({ N, D, G }: ScalingPoint): ScalingPoint {
  return { N, D, G };
}

function bySize(
  diagnostics: readonly RunDiagnostics[],
  at: (run: RunDiagnostics) => ChartPoint,
): ChartSeries[] {
  return distinct(diagnostics.map(({ record }) => record.N)).map((N, color) => {
    const own = diagnostics.filter(({ record }) => record.N === N);
    return {
      name: compactCount(N),
      kind: 'points',
      color,
      points: own.map(at),
      titles: own.map(
        ({ record: { D, G, precision } }) =>
          `${precision}, D ${compactCount(D)}${G === undefined ? '' : `, G ${G}`}`,
      ),
    };
  });
}

function outliers(
  diagnostics: readonly RunDiagnostics[],
  at: (run: RunDiagnostics) => ChartPoint,
): ChartSeries[] {
  const found = diagnostics.filter(({ isOutlier }) => isOutlier);
  return found.length === 0 ? [] : [{ name: 'outlier', kind: 'rings', color: 1, points: found.map(at) }];
}

/** The value of an input at which there are the most combinations of two others; of equals the middle one. */
function fullestOf(
  runs: readonly RunDiagnostics[],
  input: 'N' | 'D' | 'G',
  [first, second]: readonly ['N' | 'D' | 'G', 'N' | 'D' | 'G'],
): number {
  const combinations = distinct(runs.map(({ record }) => record[input])).map((value) => {
    const own = runs.filter(({ record }) => record[input] === value);
    return { value, count: new Set(own.map(({ record }) => `${record[first]} ${record[second]}`)).size };
  });
  const most = Math.max(...combinations.map(({ count }) => count));
  const fullest = combinations.filter(({ count }) => count === most);
  return fullest[Math.floor(fullest.length / 2)]!.value;
}

/** The different values, rising. */
function distinct(values: readonly (number | undefined)[]): number[] {
  return [...new Set(values.filter((value) => value !== undefined))].toSorted((a, b) => a - b);
}

/** At most so many of the values, evenly spread, with the first and the last. */
function spread(values: readonly number[], most: number): readonly number[] {
  if (values.length <= most) return values;
  return Array.from({ length: most }, (_, i) => values[Math.round((i * (values.length - 1)) / (most - 1))]!);
}

/** Values of equal ratios from one to another. */
export function geometric(low: number, high: number, count: number = POINTS_OF_LINE): number[] {
  return Array.from({ length: count }, (_, i) => low * (high / low) ** (i / (count - 1)));
}
