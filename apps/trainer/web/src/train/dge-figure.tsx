import { useComputed, useSignal } from '@preact/signals';
import { dgeDerivative, dgeSurrogate } from '@nibble-ml/dge';
import type { VNode } from 'preact';
import { E2M1_VALUES, encodeE2m1 } from '@nibble-ml/fp4-format';
import { Figure } from '../chart/figure.tsx';
import { valueAt } from '../chart/join-curves.ts';
import { LinePlot } from '../chart/line-plot.tsx';
import { ValuesTable } from '../chart/values-table.tsx';
import { dgeKOf, form } from '../state/form.ts';
import { useLab } from '../state/lab-context.ts';
import { EstimatorSlider } from './estimator-slider.tsx';

const REACH = 6;
/** Fine enough for the steep middles of the intervals; a power of two, so that these are among the points. */
const PER_UNIT = 256;
const xs = Array.from({ length: 2 * REACH * PER_UNIT + 1 }, (_, i) => i / PER_UNIT - REACH);
const rounded = xs.map((x) => E2M1_VALUES[encodeE2m1(x, 1)]!);

/** f and f′ of the gradient estimator for the k of the form, as `@nibble-ml/dge` computes them. */
export function DgeFigure(): VNode | null {
  const { capabilities } = useLab();
  const hovered = useSignal<number | null>(null);
  const curves = useComputed(() => {
    const k = form.value?.dgeK ?? 5;
    return {
      k,
      f: xs.map((x) => dgeSurrogate(x, { k })),
      derivative: xs.map((x) => dgeDerivative(x, { k })),
    };
  });
  if (form.value === undefined || capabilities.value === undefined) return null;
  const { k, f, derivative } = curves.value;
  const { recipe } = form.value;
  const hasEstimator = dgeKOf(capabilities.value.catalog, recipe) !== undefined;
  const at = (column: number[]): { readonly value: string } | undefined =>
    hovered.value === null ? undefined : { value: valueAt(column, hovered.value)!.toFixed(3) };
  const onHover = (index: number | null): void => {
    hovered.value = index;
  };
  const x = hovered.value === null ? undefined : xs[hovered.value];
  return (
    <section aria-labelledby="dge">
      <div class="heading">
        <h2 id="dge">Gradient estimator</h2>
        <div class="controls">
          {x !== undefined && <span class="unit">x = {x.toFixed(3)}</span>}
          <EstimatorSlider label="k" value={k} />
        </div>
      </div>
      <p class="note">
        Backward, rounding is taken for f: with k = 1 the straight line of the straight-through estimator,
        with larger k ever closer to the staircase.{' '}
        {hasEstimator
          ? `The next run of ${recipe} trains with this k.`
          : `The recipe ${recipe} has no such estimator.`}
      </p>
      <div class="charts of-2">
        <Figure
          title="f"
          unit="units of the scale"
          legend={[
            { name: 'f', color: 0, mark: 'line', ...at(f) },
            { name: 'rounding', color: null, mark: 'reference', ...at(rounded) },
          ]}
        >
          <LinePlot
            label={`The surrogate f of rounding to E2M1, from −6 to 6, for k = ${k}`}
            axes={{
              x: 'x',
              xRange: [-REACH, REACH],
              yRange: [-REACH, REACH],
              yTicks: [-6, -4, -2, 0, 2, 4, 6],
            }}
            series={[
              { name: 'rounding', color: null, mark: 'dashed' },
              { name: 'f', color: 0, mark: 'line' },
            ]}
            data={[xs, rounded, f]}
            height={230}
            onHover={onHover}
          />
          <ValuesTable
            caption={`f and its derivative for k = ${k}`}
            head={['x', 'rounded', 'f', 'f′']}
            rows={() => sampled(f, derivative)}
          />
        </Figure>
        <Figure
          title="f′"
          unit="factor of the weight's gradient, at most 3"
          legend={[{ name: 'f′', color: 1, mark: 'line', ...at(derivative) }]}
        >
          <LinePlot
            label={`The derivative of f, clipped at 3, from −6 to 6, for k = ${k}: ${dgeDerivative(0, { k }).toFixed(3)} at the values of E2M1`}
            axes={{ x: 'x', xRange: [-REACH, REACH], yRange: [0, 3.2] }}
            series={[{ name: 'f′', color: 1, mark: 'line' }]}
            data={[xs, derivative]}
            height={230}
            onHover={onHover}
          />
        </Figure>
      </div>
    </section>
  );
}

/** Every quarter, where the values of E2M1 and the middles between them lie. */
function sampled(f: readonly number[], derivative: readonly number[]): string[][] {
  return xs.flatMap((x, index) =>
    index % (PER_UNIT / 4) === 0
      ? [[x.toFixed(2), String(rounded[index]), f[index]!.toFixed(3), derivative[index]!.toFixed(3)]]
      : [],
  );
}
