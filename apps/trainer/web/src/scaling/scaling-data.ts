import { isHighPrecision, parseRecords } from '@nibble-ml/scaling-law';
import type { FitResult, ScalingRecord } from '@nibble-ml/scaling-law';

/** Finished runs to fit a law to. */
export interface ScalingData {
  /** The file's name, or what the runs are. */
  readonly name: string;
  /** Where they come from, if there is something to say. */
  readonly note?: string;
  readonly records: readonly ScalingRecord[];
}

/**
 * The runs of a CSV file, as `nibble fit` reads it.
 *
 * @throws SyntaxError with the line and the column of the first thing that is wrong
 */
export function dataOfCsv(name: string, text: string): ScalingData {
  return { name, records: parseRecords(text) };
}

/** The quantized precisions of the runs, in the order in which they appear. */
export function quantizedPrecisions({ records }: ScalingData): readonly string[] {
  return [...new Set(records.flatMap(({ precision }) => (isHighPrecision(precision) ? [] : [precision])))];
}

/** The quantized precisions that a law was fitted to: several where it is of all of them together. */
export function fittedPrecisions({ precision }: FitResult): readonly string[] {
  return precision?.split(', ') ?? [];
}

/** The law to begin with: the unified one where there are quantized runs and such in high precision. */
export function usualLaw(data: ScalingData): string {
  const quantized = quantizedPrecisions(data).length;
  const isMixed = data.records.some(({ precision }) => isHighPrecision(precision));
  if (quantized === 0) return 'chinchilla-tied';
  return isMixed ? 'qat' : 'qat-delta';
}

/** Different values of an input, rising. */
export function valuesOfInput({ records }: ScalingData, input: 'N' | 'D' | 'G'): readonly number[] {
  return [...new Set(records.flatMap((record) => record[input] ?? []))].toSorted((a, b) => a - b);
}
