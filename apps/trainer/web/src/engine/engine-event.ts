import type { MetricsLine } from './metrics-line.ts';
import type { LabBackend, LayerChoice, RunId, RunSummary } from './run-summary.ts';

/** What the worker tells on its own. */
export type EngineEvent =
  SummaryEvent | RunDeletedEvent | ProgressEvent | MetricsEvent | HistogramEvent | MemoryEvent;

/** What takes a moment before the runs of `startRuns` are there: its device, its vocabulary. */
export interface ProgressEvent {
  readonly type: 'progress';
  /** A few words for people. */
  readonly doing: string;
}

/** A run is new or its state or checkpoint has changed. Also sent for runs that other tabs change. */
export interface SummaryEvent {
  readonly type: 'summary';
  readonly summary: RunSummary;
}

/** A run is gone. */
export interface RunDeletedEvent {
  readonly type: 'deleted';
  readonly run: RunId;
}

/**
 * New lines of a run, in order, at most once a frame however fast the steps are. A resumed run repeats the steps after its last
 * checkpoint: on a line whose step is not above those drawn, drop what was drawn from that step on.
 */
export interface MetricsEvent {
  readonly type: 'metrics';
  readonly run: RunId;
  readonly lines: readonly MetricsLine[];
}

/** A picture of one watched layer, at most one a second. */
export interface HistogramEvent {
  readonly type: 'histogram';
  readonly run: RunId;
  readonly layer: LayerChoice;
  /** Optimizer steps done. */
  readonly step: number;
  readonly weights: GridHistogram;
  /** Of at most 1024 validation tokens, the same ones every time. */
  readonly activations: GridHistogram;
}

/**
 * Values on the E2M1 grid: in units of the scale of their row (token, or output channel), so that the row's largest magnitude
 * after clamping lies at 6. The unit is the same for every recipe, f32 too, so that recipes can be compared.
 */
export interface GridHistogram {
  /** Lower edge of the first bin; `-start` is the upper edge of the last. Outermost bins hold all beyond. */
  readonly start: number;
  /** 0.25: each bin within -6 and 6 rounds to one code. */
  readonly binWidth: number;
  /** Values per bin. Beyond -6 and 6 is the tail that clamping cuts off. */
  readonly counts: readonly number[];
  /** Values rounded to each code, of -6 -4 -3 -2 -1.5 -1 -0.5 0 0.5 1 1.5 2 3 4 6, what was clamped at its bound. */
  readonly codeCounts: readonly number[];
  /**
   * Where OCC clamps, in the same units: means over the rows of the lower and upper quantile, of which in each row the larger
   * magnitude is 6. `null` where the recipe does not clamp.
   */
  readonly thresholds: { readonly low: number; readonly high: number } | null;
  /** Share of the values that clamping cuts off, 0 to 1; 0 where it does not clamp. */
  readonly clippedShare: number;
  /** Signal-to-quantization-noise ratio of the recipe's own operand in decibels; `null` where nothing is rounded. */
  readonly decibels: number | null;
}

/** Memory, about once a second while a run trains. */
export interface MemoryEvent {
  readonly type: 'memory';
  /** The backend that was measured. */
  readonly backend: LabBackend;
  /** Tensors alive, of all runs. */
  readonly tensors: number;
  /** Bytes of these tensors. */
  readonly tensorBytes: number;
  /** Bytes that are taken from the device: GPU buffers with their pool, or wasm's heap. */
  readonly deviceBytes: number;
}
