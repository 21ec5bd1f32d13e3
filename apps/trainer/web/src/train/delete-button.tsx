import { useSignal } from '@preact/signals';
import type { VNode } from 'preact';
import type { RunId } from '../engine/run-summary.ts';
import { useLab } from '../state/lab-context.ts';

/** Deletes a run, by two presses. */
export function DeleteButton(props: {
  readonly run: RunId;
  readonly name: string;
  readonly isDisabled?: boolean;
}): VNode {
  const lab = useLab();
  const isSure = useSignal(false);
  const label = isSure.value ? 'Delete for good' : 'Delete';
  return (
    <button
      type="button"
      class={isSure.value ? 'danger' : ''}
      aria-label={`${label}: ${props.name}`}
      disabled={props.isDisabled}
      onBlur={() => {
        isSure.value = false;
      }}
      onClick={() => {
        if (isSure.value) void lab.delete(props.run);
        else isSure.value = true;
      }}
    >
      {label}
    </button>
  );
}
