import type { SeedSpread } from '../data/average-seeds.ts';
import type { Baseline, LogOf } from '../data/observations.ts';
import type { LawDefinition } from '../laws/define-law.ts';
import type { IntervalKind, Resampling } from './fit-options.ts';
import type { InformationCriteria } from './information-criteria.ts';

/** A parameter with its bootstrap interval; the bounds are `null` where no resamples were asked for. */
export interface FittedParameter {
  /** At the best optimum found, in the units of the law's formula. */
  readonly value: number;
  /** Lower end of the interval. */
  readonly low: number | null;
  /** Upper end of the interval. */
  readonly high: number | null;
}

/** Smallest and largest value of each input among the runs that a law was fitted to. */
export interface InputRanges {
  /** Non-embedding parameters. */
  readonly N: readonly [low: number, high: number];
  /** Training tokens. */
  readonly D: readonly [low: number, high: number];
  /** Elements that share a scale; `null` where no run is quantized. */
  readonly G: readonly [low: number, high: number] | null;
}

/** What a fit found. All of it survives `JSON.stringify`. */
export interface FitResult {
  /** Name of the law. */
  readonly law: string;
  /** The quantized precisions that were fitted, joined by `, `; `null` where the law has none. */
  readonly precision: string | null;
  /** What the quantization error was measured against. */
  readonly baseline: Baseline;
  /** For a law of the quantization error: of what the logarithm was fitted. */
  readonly logOf: LogOf;
  /** Values with bootstrap intervals. */
  readonly parameters: Readonly<Record<string, FittedParameter>>;
  /**
   * Mean of `|predicted − observed| / observed` of the positive quantization errors, 0.01 being 1 %; `null` without
   * any.
   */
  readonly relativeErrorOnDelta: number | null;
  /** The same of the losses. */
  readonly relativeErrorOnLoss: number;
  /** Sum of Huber's loss over the log residuals. */
  readonly objective: number;
  /** Number of runs fitted. */
  readonly points: number;
  /** Where these runs lie; elsewhere the law extrapolates. */
  readonly inputs: InputRanges;
  /** Where Huber's loss turned linear. */
  readonly huberDelta: number;
  /** For comparing laws that were fitted to the same quantity of the same runs. */
  readonly informationCriteria: InformationCriteria;
  /** Correlation of the parameters' estimates, in the order of `parameters`. */
  readonly correlations: readonly (readonly number[])[];
  /** Spread of repeated runs that differ in the seed; `null` where there are none. */
  readonly seedSpread: SeedSpread | null;
  /** How sure the search is of its optimum. */
  readonly starts: {
    /** Starts of the grid. */
    readonly count: number;
    /** How many of them led to the best optimum (objective within 0.1 %). */
    readonly reachedBest: number;
  };
  /** How the intervals were made. */
  readonly bootstrap: {
    /** How many were asked for; 0 makes no intervals. */
    readonly resamples: number;
    /** What was drawn. */
    readonly resampling: Resampling;
    /** How `low` and `high` follow from the refits. */
    readonly intervals: IntervalKind;
    /** Share of the refits between `low` and `high`, between 0 and 1. */
    readonly confidence: number;
    /** Groups of runs that were drawn together or, where some are drawn apart from others, the fewest of either. */
    readonly clusters: number;
    /** Of the draws: an integer from 0 to 2^32 - 1. */
    readonly seed: number;
    /** The parameters of each refit that succeeded, in the order of `parameters`. */
    readonly replicates: readonly (readonly number[])[];
    /** Wall time of the refits. */
    readonly milliseconds: number;
  };
  /** Wall time of the fit with its start grid, without the bootstrap. */
  readonly milliseconds: number;
  /** What a reader of the values should know; empty if nothing. */
  readonly warnings: readonly string[];
  /** The law, with parameters for the precisions and group sizes of the data. */
  readonly definition: LawDefinition;
}
