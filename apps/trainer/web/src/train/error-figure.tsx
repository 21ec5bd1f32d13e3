import { useSignal } from '@preact/signals';
import type { VNode } from 'preact';
import { useMemo } from 'preact/hooks';
import type { Point } from '../../../src/report/curves.ts';
import type { LayersRecord, LayerStatistics } from '../../../src/training/telemetry/layers-record.ts';
import { Figure } from '../chart/figure.tsx';
import { joinCurves, valueAt } from '../chart/join-curves.ts';
import { LinePlot } from '../chart/line-plot.tsx';
import { plotRows } from '../chart/plot-rows.ts';
import { ValuesTable } from '../chart/values-table.tsx';
import { Choice } from '../page/choice.tsx';
import type { LabRun } from '../state/lab-run.ts';
import { count } from './format.ts';

type Quantity = 'weightsDecibels' | 'activationsDecibels' | 'outlierShare';

interface QuantityWords {
  readonly title: string;
  readonly unit: string;
  /** From the layers' own value to what is shown. */
  readonly factor: number;
  readonly digits: number;
  /** Whether large values are the ones to look at. */
  readonly isLargeBad: boolean;
}

const quantities: Readonly<Record<Quantity, QuantityWords>> = {
  weightsDecibels: { title: 'Weights', unit: 'signal to error, dB', factor: 1, digits: 1, isLargeBad: false },
  activationsDecibels: {
    title: 'Activations',
    unit: 'signal to error, dB',
    factor: 1,
    digits: 1,
    isLargeBad: false,
  },
  outlierShare: {
    title: 'Outliers',
    unit: '% of activations cut off',
    factor: 100,
    digits: 2,
    isLargeBad: true,
  },
};

const quantityNames = Object.keys(quantities) as Quantity[];

/** The quantization error of every layer, at the last validation and over the steps. */
export function ErrorFigure({ run: { record } }: { readonly run: LabRun }): VNode | null {
  const chosen = useSignal<Quantity>('weightsDecibels');
  // Reads the revision, so that the figure follows the run.
  const last = record.revision.value > 0 ? record.layers.at(-1) : undefined;
  // A recipe in float32 rounds nothing; many clamp nothing.
  const measured = quantityNames.filter((name) => last?.layers.some((layer) => layer[name] !== null));
  const quantity = measured.includes(chosen.value) ? chosen.value : measured[0];
  // Steps come faster than validations.
  const curves = useMemo(() => curvesOf(record.layers, quantity), [record, last, quantity]);
  if (last === undefined || quantity === undefined) return null;
  const { unit, digits, isLargeBad } = quantities[quantity];
  const roles = rolesOf(last);
  const data = joinCurves(curves);
  const legend = roles.map((name, color) => ({
    name,
    color,
    mark: 'points' as const,
    value: valueAt(data[color + 1]!, null)?.toFixed(digits) ?? '–',
  }));
  return (
    <section aria-labelledby="errors">
      <div class="heading">
        <h2 id="errors">Quantization error, layer by layer</h2>
        <Choice
          label="What is shown of each layer"
          value={quantity}
          options={measured.map((value) => ({ value, title: quantities[value].title }))}
          onChange={(value) => {
            chosen.value = value;
          }}
        />
      </div>
      <div class="charts of-2">
        <Figure
          title="Each layer"
          unit={`${unit}, step ${count(last.step)}`}
          note={
            isLargeBad
              ? 'The deeper the shade, the more is cut off.'
              : 'The deeper the shade, the larger the error. Every 6 dB halve it. Layers in float32 have none.'
          }
        >
          <ErrorTable last={last} roles={roles} quantity={quantity} />
        </Figure>
        <Figure
          title="Over the steps"
          unit={`${unit}, mean of the blocks`}
          legend={legend.map((entry) => ({ ...entry, mark: 'dot' as const }))}
        >
          <LinePlot
            label={`${unit} by step: ${legend.map(({ name, value }) => `${name} ${value}`).join(', ')}`}
            axes={{ x: 'step', fromZero: isLargeBad }}
            series={legend}
            data={data}
            height={210}
          />
          <ValuesTable
            caption={`${unit} by step, mean of the blocks`}
            head={['step', ...legend.map(({ name }) => name)]}
            rows={() => plotRows(data, count, (value) => value.toFixed(digits))}
          />
        </Figure>
      </div>
    </section>
  );
}

function ErrorTable({
  last: { layers },
  roles,
  quantity,
}: {
  readonly last: LayersRecord;
  readonly roles: readonly string[];
  readonly quantity: Quantity;
}): VNode {
  const { factor, digits, isLargeBad, unit } = quantities[quantity];
  const blocks = [...new Set(layers.map(({ block }) => block))].toSorted((a, b) => a - b);
  const found = layers.flatMap((layer) => layer[quantity] ?? []);
  const [pale, strong] = isLargeBad ? [0, Math.max(...found)] : [Math.max(...found), Math.min(...found)];
  return (
    <div class="scroll" tabIndex={0} role="region" aria-label={`${unit} of each layer`}>
      <table class="heat-table">
        <thead>
          <tr>
            <th scope="col">block</th>
            {blocks.map((block) => (
              <th scope="col" class="number" key={block}>
                {block}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {roles.map((role) => (
            <tr key={role}>
              <th scope="row">{role}</th>
              {blocks.map((block) => {
                const value =
                  layers.find((layer) => layer.role === role && layer.block === block)?.[quantity] ?? null;
                const share = value === null || strong === pale ? 0 : (value - pale) / (strong - pale);
                return (
                  <td
                    class="number"
                    key={block}
                    style={{ '--shade': value === null ? 0 : Math.round(6 + 50 * share) }}
                  >
                    {value === null ? '–' : (value * factor).toFixed(digits)}
                  </td>
                );
              })}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

const rolesOf = ({ layers }: LayersRecord): string[] => [...new Set(layers.map(({ role }) => role))];

/** A curve of each kind of layer. */
function curvesOf(lines: readonly LayersRecord[], quantity: Quantity | undefined): Point[][] {
  const last = lines.at(-1);
  if (last === undefined || quantity === undefined) return [];
  const { factor } = quantities[quantity];
  return rolesOf(last).map((role) => lines.flatMap((line) => meanPoint(line, role, quantity, factor)));
}

/** The mean over the blocks that have a value, as a point of a curve; none where no block has one. */
function meanPoint(
  { step, layers }: LayersRecord,
  role: string,
  quantity: Quantity,
  factor: number,
): Point[] {
  const values = layers.flatMap((layer: LayerStatistics) =>
    layer.role === role ? (layer[quantity] ?? []) : [],
  );
  if (values.length === 0) return [];
  return [[step, (factor * values.reduce((sum, value) => sum + value, 0)) / values.length]];
}
