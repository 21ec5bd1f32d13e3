import { signal } from '@preact/signals';
import type { Signal } from '@preact/signals';
import type { EngineError } from '../engine/engine-error.ts';
import type { MetricsLine } from '../engine/metrics-line.ts';
import type { LayerChoice, RunId, RunSummary } from '../engine/run-summary.ts';
import type { HistogramEvent } from '../engine/engine-event.ts';
import { Pace } from './pace.ts';
import { RunRecord } from './run-record.ts';

/** A run as the page has it. */
export interface LabRun {
  readonly id: RunId;
  readonly summary: Signal<RunSummary>;
  /** Empty until the run is opened. */
  readonly record: RunRecord;
  readonly pace: Pace;
  /** Whether its curves are drawn. */
  readonly isShown: Signal<boolean>;
  /** Place in the palette, from 0; it means something while the run is shown. */
  readonly color: Signal<number>;
  /** Layers that can be looked at; none until the run is opened. */
  readonly layers: Signal<readonly LayerChoice[]>;
  /** Lines that come while the run is being opened, which may be missing among those that are read meanwhile. */
  linesMeanwhile: readonly MetricsLine[] | undefined;
  /** Why the worker would not go on with it, until its state changes or it is tried again. */
  readonly refusal: Signal<EngineError | undefined>;
  /** The newest picture of the layer that is watched. */
  readonly histogram: Signal<HistogramEvent | undefined>;
}

/** Makes the page's side of a run that the worker told of. */
export function createLabRun(summary: RunSummary): LabRun {
  return {
    id: summary.run,
    summary: signal(summary),
    record: new RunRecord(),
    pace: new Pace(),
    isShown: signal(false),
    color: signal(0),
    layers: signal<readonly LayerChoice[]>([]),
    linesMeanwhile: undefined,
    refusal: signal<EngineError | undefined>(undefined),
    histogram: signal<HistogramEvent | undefined>(undefined),
  };
}

/** Whether what a run has done is there, and not only its summary. */
export function isOpened({ layers }: LabRun): boolean {
  return layers.peek().length > 0;
}

/** Whether the worker is busy with a run. */
export function isBusy({ state }: RunSummary): boolean {
  return state.type === 'preparing' || state.type === 'training' || state.type === 'finishing';
}

/** Whether a run can go on. */
export function canGoOn({ state }: RunSummary): boolean {
  return state.type === 'paused' || state.type === 'failed';
}
