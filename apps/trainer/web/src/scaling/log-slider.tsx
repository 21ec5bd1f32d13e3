import { compactCount } from '@nibble-ml/scaling-law';
import type { VNode } from 'preact';
import { useId } from 'preact/hooks';

/** Steps from one end to the other. */
const STEPS = 400;

/** What {@link LogSlider} asks for. */
export interface LogSliderProps {
  readonly label: string;
  readonly value: number;
  readonly ends: readonly [number, number];
  readonly onChange: (value: number) => void;
}

/** A slider on which equal ways are equal factors. */
export function LogSlider({ label, value, ends: [low, high], onChange }: LogSliderProps): VNode {
  const id = useId();
  const span = Math.log(high / low);
  return (
    <div class="slider">
      <label for={id}>{label}</label>
      <input
        id={id}
        type="range"
        min={0}
        max={STEPS}
        step={1}
        value={Math.round((STEPS * Math.log(value / low)) / span)}
        aria-valuetext={compactCount(value)}
        onInput={({ currentTarget }) => {
          const reached = low * Math.exp((span * currentTarget.valueAsNumber) / STEPS);
          onChange(Number(reached.toPrecision(3)));
        }}
      />
      <output for={id}>{compactCount(value)}</output>
    </div>
  );
}
