import type { VNode } from 'preact';
import { useId } from 'preact/hooks';
import { change } from '../state/form.ts';

/** The exponent k of the gradient estimator. The form and the drawing of f have one each, and both move together. */
export function EstimatorSlider({ label, value }: { readonly label: string; readonly value: number }): VNode {
  const id = useId();
  return (
    <div class="slider">
      <label for={id}>{label}</label>
      <input
        id={id}
        type="range"
        min={1}
        max={15}
        step={0.5}
        value={value}
        onInput={({ currentTarget }) => change({ dgeK: currentTarget.valueAsNumber })}
      />
      <output for={id}>{value}</output>
    </div>
  );
}
