import type { VNode } from 'preact';
import type { Point } from '../../../src/report/curves.ts';
import { Figure } from '../chart/figure.tsx';
import { joinCurves, valueAt } from '../chart/join-curves.ts';
import { LinePlot } from '../chart/line-plot.tsx';
import { plotRows } from '../chart/plot-rows.ts';
import { ValuesTable } from '../chart/values-table.tsx';
import type { LabRun } from '../state/lab-run.ts';
import type { RunRecord } from '../state/run-record.ts';
import { count } from './format.ts';

/** Speed and gradient norm of the runs that are shown. */
export function CurveFigures({ runs }: { readonly runs: readonly LabRun[] }): VNode | null {
  // Reads all revisions, so that the figures follow every run.
  const steps = runs.map(({ record }) => (record.revision.value > 0 ? record.step : 0));
  if (steps.every((step) => step === 0)) return null;
  return (
    <div class="charts of-2">
      <CurveFigure
        title="Speed"
        unit="tokens/s"
        runs={runs}
        curve={({ tokensPerSecond }) => tokensPerSecond.smoothed()}
        format={count}
      />
      <CurveFigure
        title="Gradient norm"
        unit="before clipping"
        runs={runs}
        curve={({ gradNorm }) => gradNorm.thinned()}
        format={(value) => value.toFixed(3)}
      />
    </div>
  );
}

interface CurveFigureProps {
  readonly title: string;
  readonly unit: string;
  readonly runs: readonly LabRun[];
  readonly curve: (record: RunRecord) => readonly Point[];
  readonly format: (value: number) => string;
}

function CurveFigure({ title, unit, runs, curve, format }: CurveFigureProps): VNode {
  const data = joinCurves(runs.map(({ record }) => curve(record)));
  const last = runs.map(({ summary, color }, index) => {
    const value = valueAt(data[index + 1]!, null);
    return {
      name: summary.value.name,
      color: color.value,
      mark: 'line' as const,
      value: value === undefined ? '–' : format(value),
    };
  });
  return (
    <Figure title={title} unit={unit} legend={last}>
      <LinePlot
        label={`${title}, ${unit}, by step: ${last.map(({ name, value }) => `${name} ${value}`).join(', ')}`}
        axes={{ x: 'step', fromZero: true }}
        series={last}
        data={data}
        height={210}
      />
      <ValuesTable
        caption={`${title} by step, ${unit}`}
        head={['step', ...last.map(({ name }) => name)]}
        rows={() => plotRows(data, count, format)}
      />
    </Figure>
  );
}
