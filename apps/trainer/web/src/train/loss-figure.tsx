import { useSignal } from '@preact/signals';
import type { VNode } from 'preact';
import { Figure } from '../chart/figure.tsx';
import { joinCurves, valueAt } from '../chart/join-curves.ts';
import { LinePlot } from '../chart/line-plot.tsx';
import { plotRows } from '../chart/plot-rows.ts';
import { ValuesTable } from '../chart/values-table.tsx';
import { ScaleChoice } from '../page/scale-choice.tsx';
import type { AxisScale } from '../page/scale-choice.tsx';
import type { LabRun } from '../state/lab-run.ts';
import { count, nats } from './format.ts';
import { lossCurves } from './loss-curves.ts';

/** The losses of the runs that are shown, over each other: lines for training, points for validation. */
export function LossFigure({ runs }: { readonly runs: readonly LabRun[] }): VNode {
  const yScale = useSignal<AxisScale>('linear');
  const hovered = useSignal<number | null>(null);
  const curves = lossCurves(runs);
  const data = joinCurves(curves.map(({ points }) => points));
  const isEmpty = data[0].length === 0;
  const step = hovered.value === null ? undefined : data[0][hovered.value];
  return (
    <Figure
      title="Loss"
      unit={runs.length > 1 ? 'nats per token; lines: training, points: validation' : 'nats per token'}
      className="large"
      legend={curves.flatMap(({ name, color, mark, isNamed }, index) =>
        isNamed
          ? [
              {
                name,
                color,
                mark: marks[mark],
                value: nats(valueAt(data[index + 1]!, hovered.value)),
              },
            ]
          : [],
      )}
      controls={
        <>
          {step !== undefined && <span class="unit">step {count(step)}</span>}
          <ScaleChoice label="Scale of the loss" scale={yScale} />
        </>
      }
    >
      <div class="drawing">
        <LinePlot
          label={labelOf(runs)}
          axes={{ x: 'step', yScale: yScale.value }}
          series={curves}
          data={data}
          height={340}
          onHover={(index) => {
            hovered.value = index;
          }}
        />
        {isEmpty && <p class="empty">{emptyText(runs)}</p>}
      </div>
      {!isEmpty && (
        <ValuesTable
          caption="Loss by step, in nats per token"
          head={['step', ...curves.map(({ name }) => name)]}
          rows={() => plotRows(data, count, nats)}
        />
      )}
    </Figure>
  );
}

const marks = {
  line: 'line',
  faint: 'line',
  points: 'dot',
  dots: 'dot',
  mark: 'dot',
  dashed: 'reference',
} as const;

function labelOf(runs: readonly LabRun[]): string {
  const parts = runs.map(({ record, summary }) => {
    const last = record.loss.last;
    return `${summary.value.name} ${last === undefined ? 'has no step yet' : `at ${nats(last[1])} after step ${last[0]}`}`;
  });
  return parts.length === 0 ? 'Loss: no run is shown' : `Loss by step: ${parts.join(', ')}`;
}

function emptyText(runs: readonly LabRun[]): string {
  if (runs.length === 0) return 'Press Train: the loss is drawn here from the first step on.';
  return 'No step is done yet.';
}
