import { useSignal } from '@preact/signals';
import { compactCount, defineLaw } from '@nibble-ml/scaling-law';
import type { FitResult, PredictedValue, ScalingPoint } from '@nibble-ml/scaling-law';
import type { VNode } from 'preact';
import { useMemo } from 'preact/hooks';
import { LogSlider } from './log-slider.tsx';
import { predictWithTwin } from './predict-with-twin.ts';
import type { TwinPrediction } from './predict-with-twin.ts';
import { endsOf, PredictionFigures } from './prediction-figures.tsx';
import { fittedPrecisions, valuesOfInput } from './scaling-data.ts';
import type { ScalingData } from './scaling-data.ts';

const groupSizes = [2, 4, 8, 16, 32, 64, 128, 256, 512, 1024, 2048, 4096];

/** Sliders for N, D and G, and what the fitted law says there. */
export function Predictor({ fit, data }: { readonly fit: FitResult; readonly data: ScalingData }): VNode {
  const law = useMemo(() => defineLaw(fit.definition), [fit]);
  const [sizes, tokens, groups] = (['N', 'D', 'G'] as const).map((input) => valuesOfInput(data, input)) as [
    readonly number[],
    readonly number[],
    readonly number[],
  ];
  const N = useSignal(middleOf(sizes));
  const D = useSignal(middleOf(tokens));
  const G = useSignal(groups.length > 0 ? middleOf(groups) : 32);
  const precisions = fittedPrecisions(fit);
  const chosenPrecision = useSignal(precisions[0]);
  const precision = precisions.find((name) => name === chosenPrecision.value) ?? precisions[0];
  const knownGroups = law.levelKinds.has('G')
    ? groups
    : [...new Set([...groupSizes, ...groups])].toSorted((a, b) => a - b);
  const point: ScalingPoint = {
    N: N.value,
    D: D.value,
    ...(law.describesQuantized ? { G: G.value, precision } : {}),
  };
  const prediction = useMemo(() => predictWithTwin(fit, point), [fit, N.value, D.value, G.value, precision]);
  const isBeyond = isOutside(N.value, sizes) || isOutside(D.value, tokens);
  return (
    <section aria-labelledby="predict">
      <h2 id="predict">What it says about a run</h2>
      <div class="card sliders">
        <LogSlider
          label="N, parameters without embeddings"
          value={N.value}
          ends={endsOf(sizes)}
          onChange={(value) => (N.value = value)}
        />
        <LogSlider
          label="D, tokens"
          value={D.value}
          ends={endsOf(tokens)}
          onChange={(value) => (D.value = value)}
        />
        {law.describesQuantized && (
          <GroupSlider value={G.value} known={knownGroups} onChange={(value) => (G.value = value)} />
        )}
        {precisions.length > 1 && (
          <div class="field">
            <label for="predicted-precision">Precision</label>
            <select
              id="predicted-precision"
              value={precision}
              onChange={({ currentTarget }) => (chosenPrecision.value = currentTarget.value)}
            >
              {precisions.map((name) => (
                <option key={name}>{name}</option>
              ))}
            </select>
          </div>
        )}
        <Figures prediction={prediction} />
        <p class="note" role="status">
          {isBeyond
            ? 'This lies outside of the runs: the interval says what noise does to the law, not whether the law still holds there.'
            : 'Inside of the runs that were fitted.'}
        </p>
      </div>
      <PredictionFigures fit={fit} law={law} data={data} point={point} />
    </section>
  );
}

function Figures({
  prediction: { loss, highPrecision, delta },
}: {
  readonly prediction: TwinPrediction;
}): VNode {
  return (
    <dl class="tiles predicted">
      {loss !== undefined && (
        <PredictedTile label={highPrecision === undefined ? 'Loss' : 'Loss, quantized'} of={loss} />
      )}
      {highPrecision !== undefined && <PredictedTile label="Loss, high precision" of={highPrecision} />}
      {delta !== undefined && <PredictedTile label="δ, what quantization adds" of={delta} />}
    </dl>
  );
}

function PredictedTile({
  label,
  of: { value, low, high },
}: {
  readonly label: string;
  readonly of: PredictedValue;
}): VNode {
  return (
    <div class="tile">
      <dt class="label">{label}</dt>
      <dd class="value">{value.toFixed(4)}</dd>
      <dd class="note">
        {low.toFixed(4)} to {high.toFixed(4)} nats per token
      </dd>
    </div>
  );
}

function GroupSlider({
  value,
  known,
  onChange,
}: {
  readonly value: number;
  readonly known: readonly number[];
  readonly onChange: (value: number) => void;
}): VNode {
  return (
    <div class="slider">
      <label for="group-size">G, elements that share a scale</label>
      <input
        id="group-size"
        type="range"
        min={0}
        max={known.length - 1}
        step={1}
        value={Math.max(0, known.indexOf(value))}
        aria-valuetext={String(value)}
        onInput={({ currentTarget }) => onChange(known[currentTarget.valueAsNumber]!)}
      />
      <output for="group-size">{compactCount(value)}</output>
    </div>
  );
}

const middleOf = (values: readonly number[]): number => values[Math.floor((values.length - 1) / 2)] ?? 1;

const isOutside = (value: number, values: readonly number[]): boolean =>
  value < values[0]! * 0.999 || value > values.at(-1)! * 1.001;
