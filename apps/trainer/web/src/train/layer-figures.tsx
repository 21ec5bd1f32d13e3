import { useSignal } from '@preact/signals';
import type { VNode } from 'preact';
import { useEffect } from 'preact/hooks';
import { Figure } from '../chart/figure.tsx';
import { e2m1Codes } from '../chart/e2m1-codes.ts';
import { GridHistogram } from '../chart/grid-histogram.tsx';
import { ValuesTable } from '../chart/values-table.tsx';
import type { LayerChoice } from '../engine/run-summary.ts';
import type { GridHistogram as GridCounts } from '../engine/engine-event.ts';
import { ScaleChoice } from '../page/scale-choice.tsx';
import type { AxisScale } from '../page/scale-choice.tsx';
import { useLab } from '../state/lab-context.ts';
import { isBusy } from '../state/lab-run.ts';
import type { LabRun } from '../state/lab-run.ts';
import { count } from './format.ts';
import { weightsPicture } from './weights-picture.ts';

/** The weights and activations of one layer on the E2M1 grid, while the run trains. */
export function LayerFigures({ run }: { readonly run: LabRun }): VNode | null {
  const lab = useLab();
  const chosen = useSignal(0);
  // On a linear axis the tail that is cut off would not be seen.
  const yScale = useSignal<AxisScale>('log');
  const layers = run.layers.value;
  const layer = layers[chosen.value];
  const isTraining = isBusy(run.summary.value);
  useEffect(() => {
    if (!isTraining || layer === undefined) return undefined;
    void lab.watch(run, layer);
    return () => {
      // A run that has ended is watched no more.
      if (isBusy(run.summary.peek())) void lab.watch(run, null);
    };
  }, [isTraining, layer?.role, layer?.block]);
  if (layer === undefined) return null;
  const pictures = picturesOf(run, layer);
  return (
    <section aria-labelledby="layer">
      <div class="heading">
        <h2 id="layer">On the E2M1 grid</h2>
        <div class="controls">
          <label for="layer-choice">Layer</label>
          <select
            id="layer-choice"
            value={chosen.value}
            onChange={({ currentTarget }) => {
              chosen.value = Number(currentTarget.value);
            }}
          >
            {layers.map((one, index) => (
              <option key={nameOf(one)} value={index}>
                {nameOf(one)}
              </option>
            ))}
          </select>
          <ScaleChoice label="Scale of the shares" scale={yScale} />
        </div>
      </div>
      {pictures.length > 0 && (
        <div class="charts of-2">
          {pictures.map((picture) => (
            <GridFigure key={picture.title} {...picture} yScale={yScale.value} />
          ))}
        </div>
      )}
      {!isTraining && pictures.length < 2 && <p class="note">Activations are shown while the run trains.</p>}
      {isTraining && pictures.length === 0 && (
        <p class="note">The first picture of this layer is on its way.</p>
      )}
    </section>
  );
}

/** A picture and where it comes from. */
interface Picture {
  readonly title: string;
  readonly of: GridCounts;
  readonly step: number;
  readonly color: number;
}

/** The newest pictures of a layer: live ones, or else the weights as they were at the last validation. */
function picturesOf({ histogram: { value: live }, record }: LabRun, { role, block }: LayerChoice): Picture[] {
  if (live?.layer.role === role && live.layer.block === block) {
    const { step } = live;
    return [
      { title: 'Weights', of: live.weights, step, color: 0 },
      { title: 'Activations', of: live.activations, step, color: 2 },
    ];
  }
  // Reads the revision, so that the picture follows the run.
  const line = record.revision.value > 0 ? record.layers.at(-1) : undefined;
  const layer = line?.layers.find((one) => one.role === role && one.block === block);
  return layer === undefined
    ? []
    : [{ title: 'Weights', of: weightsPicture(layer), step: line!.step, color: 0 }];
}

function GridFigure({ title, of, step, color, yScale }: Picture & { readonly yScale: AxisScale }): VNode {
  const { thresholds, clippedShare, decibels, codeCounts } = of;
  const total = codeCounts.reduce((sum, each) => sum + each, 0);
  const facts = [
    decibels === null ? 'not rounded by this recipe' : `${decibels.toFixed(1)} dB signal to error`,
    ...(thresholds === null
      ? []
      : [
          `clamped at ${thresholds.low.toFixed(2)} and ${thresholds.high.toFixed(2)}, ${(100 * clippedShare).toFixed(2)} % cut off`,
        ]),
  ];
  return (
    <Figure
      title={title}
      unit={`% in a bin, step ${count(step)}`}
      legend={
        thresholds === null
          ? []
          : [
              { name: 'kept', color, mark: 'area' },
              { name: 'cut off', color: 1, mark: 'area' },
              { name: 'OCC thresholds', color: null, mark: 'reference' },
            ]
      }
      note={`In units of each row's scale: its largest value lies at 6. ${facts.join('; ')}.`}
    >
      <GridHistogram
        label={`Histogram of the ${title.toLowerCase()} on the E2M1 grid: ${facts.join('; ')}`}
        counts={of}
        color={color}
        yScale={yScale}
      />
      <ValuesTable
        caption={`${title}: values that become each code of E2M1`}
        head={['code', 'values', 'share']}
        rows={() =>
          e2m1Codes.map((code, index) => [
            String(code),
            count(codeCounts[index] ?? 0),
            `${((100 * (codeCounts[index] ?? 0)) / Math.max(1, total)).toFixed(2)} %`,
          ])
        }
      />
    </Figure>
  );
}

const nameOf = ({ role, block }: LayerChoice): string => `${role}, block ${block}`;
