import type { Signal } from '@preact/signals';
import type { VNode } from 'preact';
import { Choice } from './choice.tsx';

/** How a chart counts its values upwards. */
export type AxisScale = 'linear' | 'log';

/** Chooses the scale of a chart's values. */
export function ScaleChoice({
  label,
  scale,
}: {
  readonly label: string;
  readonly scale: Signal<AxisScale>;
}): VNode {
  return (
    <Choice
      label={label}
      value={scale.value}
      options={[
        { value: 'linear', title: 'Linear' },
        { value: 'log', title: 'Log' },
      ]}
      onChange={(value) => {
        scale.value = value;
      }}
    />
  );
}
