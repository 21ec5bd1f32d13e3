import { compactCount, valuesOf } from '@nibble-ml/scaling-law';
import type { FitResult, ScalingLaw, ScalingPoint } from '@nibble-ml/scaling-law';
import type { VNode } from 'preact';
import { Figure } from '../chart/figure.tsx';
import type { LegendItem } from '../chart/figure.tsx';
import { LinePlot } from '../chart/line-plot.tsx';
import type { PlotSeries } from '../chart/plot-options.ts';
import { plotRows } from '../chart/plot-rows.ts';
import { ValuesTable } from '../chart/values-table.tsx';
import { twinOf } from './predict-with-twin.ts';
import { valuesOfInput } from './scaling-data.ts';
import type { ScalingData } from './scaling-data.ts';

/** How far beyond the runs the sliders and curves go: there the law is a guess, and it is said. */
const BEYOND = 10;

/** From where to where the sliders and curves go, of rising values of the runs. */
export function endsOf(values: readonly number[]): readonly [number, number] {
  return [values[0]! / BEYOND, values.at(-1)! * BEYOND];
}

/** Points of a curve. */
const POINTS = 120;

/** What {@link PredictionFigures} draws. */
export interface PredictionFiguresProps {
  readonly fit: FitResult;
  readonly law: ScalingLaw;
  readonly data: ScalingData;
  readonly point: ScalingPoint;
}

/** The law through the chosen point: over tokens, and over sizes. */
export function PredictionFigures(props: PredictionFiguresProps): VNode {
  return (
    <div class="charts of-2">
      <Through {...props} input="D" title="Over tokens" />
      <Through {...props} input="N" title="Over sizes" />
    </div>
  );
}

function Through({
  fit,
  law,
  data,
  point,
  input,
  title,
}: PredictionFiguresProps & { readonly input: 'N' | 'D'; readonly title: string }): VNode {
  const values = valuesOfInput(data, input);
  const [low, high] = endsOf(values);
  const parameters = valuesOf(fit);
  const at = (x: number): ScalingPoint => ({ ...point, [input]: x });
  // The chosen value is one of them, so that its point lies on the line.
  const xs = [
    ...Array.from({ length: POINTS + 1 }, (_, i) => low * (high / low) ** (i / POINTS)),
    point[input],
  ].toSorted((a, b) => a - b);
  const hasTwin = law.predicts === 'loss' && law.describesQuantized;
  const quantized = xs.map((x) => law.predict(parameters, at(x)));
  const chosen = xs.map((x) => (x === point[input] ? law.predict(parameters, point) : undefined));
  const twins = hasTwin ? [xs.map((x) => law.predict(parameters, twinOf(at(x))))] : [];
  const other = input === 'D' ? `N = ${compactCount(point.N)}` : `D = ${compactCount(point.D)}`;
  const group = point.G === undefined ? '' : `, G = ${compactCount(point.G)}`;
  const what = law.predicts === 'delta' ? 'δ' : 'loss';
  const series: (PlotSeries & LegendItem)[] = [
    { name: law.predicts === 'delta' ? 'δ' : hasTwin ? 'quantized' : 'loss', color: 1, mark: 'line' },
    ...(hasTwin ? [{ name: 'high precision', color: 0, mark: 'line' as const }] : []),
  ];
  return (
    <Figure title={title} unit={`${what}, nats per token, at ${other}${group}`} legend={series}>
      <LinePlot
        label={`${what} ${title.toLowerCase()} at ${other}${group}: ${law.predict(parameters, point).toFixed(4)} nats per token at ${compactCount(point[input])}`}
        axes={{ x: input === 'D' ? 'tokens' : 'parameters', xScale: 'log', xFormat: 'compact' }}
        series={[...series, { name: 'chosen', color: 1, mark: 'mark' }]}
        data={[xs, quantized, ...twins, chosen]}
        height={230}
      />
      <ValuesTable
        caption={`${what} ${title.toLowerCase()}, nats per token`}
        head={[input === 'D' ? 'tokens' : 'parameters', ...series.map(({ name }) => name)]}
        rows={() => plotRows([xs, quantized, ...twins], compactCount, (value) => value.toFixed(4))}
      />
    </Figure>
  );
}
